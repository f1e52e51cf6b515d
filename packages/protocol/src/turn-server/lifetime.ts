import { DEFAULT_LIFETIME_SECONDS, MAX_LIFETIME_SECONDS } from './options.ts';

/** The seconds granted for the seconds asked: never less than the default, never more than the maximum (RFC 8656 §7.2). */
export function grantLifetime(requestedSeconds: number | undefined): number {
  return Math.min(Math.max(requestedSeconds ?? 0, DEFAULT_LIFETIME_SECONDS), MAX_LIFETIME_SECONDS);
}
