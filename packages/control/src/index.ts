export { allowlistOf } from './allowlist/allowlist.ts';
export { type AllowlistWords, allowlistCsv, allowlistTable } from './allowlist/formats.ts';
export { type App, type AppDirectory, type AppKey, createAppDirectory } from './apps/app-directory.ts';
export { type Control, type ControlOptions, createControl } from './create-control.ts';
export { CREDENTIAL_FORMATS, type CredentialFormat, formatCredential } from './credentials/formats.ts';
export { type ControlCrypto, type MintOptions, mintTurnCredential, type TurnCredential } from './credentials/mint.ts';
export {
  type PublicEndpoints,
  type PublicEndpointsOptions,
  type PublicListener,
  publicEndpoints,
  urlHost,
} from './endpoints/public-endpoints.ts';
export { type CodedAnswerOptions, codedAnswer } from './http/answers.ts';
export { type SignAppTokenOptions, signAppToken, type VerifiedToken, verifyAppToken } from './tokens/app-token.ts';
