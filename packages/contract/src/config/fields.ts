import { parseAddress, parseIp } from '@pinhole/protocol';
import { z } from 'zod';
import { checkCidr } from './cidr.ts';
import { parsePeerRule } from './peer-rule.ts';

/** Names that end up in URLs, usernames and metrics: nothing to escape in any of them. */
export function id(): z.ZodString {
  return z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'must be 1-64 letters, digits, "-" or "_"');
}

export function port(): z.ZodNumber {
  return z.number().int('must be a whole number').min(0, 'must be at least 0').max(65535, 'must be at most 65535');
}

export function ipAddress(): z.ZodString {
  return z.string().refine((text) => parseIp(text) !== undefined, 'must be an IP address');
}

export function cidr(): z.ZodString {
  return z.string().superRefine((text, context) => {
    const wrong = checkCidr(text);
    if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong });
  });
}

/** Peers by address, range or name, with or without ports. */
export function peerRule(): z.ZodString {
  return z.string().superRefine((text, context) => {
    const parsed = parsePeerRule(text);
    if ('problem' in parsed) context.addIssue({ code: 'custom', message: parsed.problem });
  });
}

/** The same without names: a denial that waits for a resolver's answer would be open until it comes. */
export function addressRule(): z.ZodString {
  return z.string().superRefine((text, context) => {
    const parsed = parsePeerRule(text);
    if ('problem' in parsed) context.addIssue({ code: 'custom', message: parsed.problem });
    else if (parsed.kind === 'name') context.addIssue({ code: 'custom', message: NAME_DENIED });
  });
}

/** One address with its port. */
export function serverAddress(): z.ZodString {
  const isRight = (text: string): boolean => (parseAddress(text)?.port ?? 0) !== 0;
  return z.string().refine(isRight, 'must be an IP address with a port: 203.0.113.11:3478 or [2001:db8::11]:3478');
}

const NAME_DENIED =
  'must be an IP address or a CIDR range: a name leads to other addresses tomorrow, and denies none today';

/** An origin as `URL` writes it: `https://sfu.example.com`, `wss://sfu.example.com:8989`. */
export function origin(): z.ZodString {
  return z.string().superRefine((text, context) => {
    const wrong = checkUrl(text, ['http:', 'https:', 'ws:', 'wss:']) ?? checkIsOrigin(text);
    if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong });
  });
}

export function signalingUrl(): z.ZodString {
  return z.string().superRefine((text, context) => {
    const wrong = checkUrl(text, ['http:', 'https:']);
    if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong });
  });
}

function checkUrl(text: string, schemes: readonly string[]): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !schemes.includes(url.protocol)) return wrongScheme(text, schemes);
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
  if (url.search !== '' || url.hash !== '') return 'must not have a query or fragment';
  return undefined;
}

function wrongScheme(text: string, schemes: readonly string[]): string {
  const wanted = `must be a URL that starts with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`;
  if (!/^wss?:\/\//.test(text)) return wanted;
  return `${wanted}; a WebSocket is an upgrade of it, so write "${text.replace(/^ws/, 'http')}"`;
}

function checkIsOrigin(text: string): string | undefined {
  const canonical = new URL(text).origin;
  return text === canonical ? undefined : `must be an origin without a path; write "${canonical}"`;
}
