/** Who a client has proven to be. */
export interface Identity {
  readonly username: string;
  readonly appId: string;
  /**
   * Whose allocations count together: the user that the app named in the credential, who may hold several credentials,
   * or the whole username where it named none.
   */
  readonly user: string;
  /** The long-term key, which also protects our answers. */
  readonly key: Uint8Array;
}
