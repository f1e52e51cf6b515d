import { DEFAULT_LIFETIME_SECONDS, MAX_LIFETIME_SECONDS } from './options.ts';
import type { AuthenticatedRequest } from './request.ts';

/**
 * The seconds granted for the seconds asked: never less than the default, never more than the maximum (RFC 8656 §7.2),
 * and nothing beyond the credential's end where the app wants that (policy `hard`).
 */
export function grantLifetime(
  requestedSeconds: number | undefined,
  { identity, now }: Pick<AuthenticatedRequest, 'identity' | 'now'>,
): number {
  const seconds = Math.min(Math.max(requestedSeconds ?? 0, DEFAULT_LIFETIME_SECONDS), MAX_LIFETIME_SECONDS);
  return identity.endsAt === undefined ? seconds : Math.min(seconds, identity.endsAt - now.unix);
}
