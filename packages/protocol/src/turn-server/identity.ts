/** Who a client has proven to be. */
export interface Identity {
  readonly username: string;
  readonly appId: string;
  /** The long-term key, which also protects our answers. */
  readonly key: Uint8Array;
}
