// Numbers of the IANA registries that the codec does not need, or not yet, and an attacker does.
export const RESERVATION_TOKEN = 0x0022;
export const DONT_FRAGMENT = 0x001a;
export const PASSWORD_ALGORITHM = 0x001d;
export const PASSWORD_ALGORITHMS = 0x8002;
export const MOBILITY_TICKET = 0x8030;
export const CONNECTION_ID = 0x002a;
export const METHOD_CONNECT = 0x00a;
export const METHOD_CONNECTION_BIND = 0x00b;
export const TRANSPORT_TCP = 6;
/** Nobody has registered these two. */
export const UNKNOWN_REQUIRED = 0x7f01;
export const UNKNOWN_OPTIONAL = 0xff01;
