import { parseArgs } from 'node:util';
import { type TransportAddress, transportAddress } from '@pinhole/protocol';
import { type CredentialSource, fromPassword, fromSecret } from './credential-source.ts';
import { CHECKS, ROWS_NOT_ASKED } from './rows.ts';

export const USAGE = `Attacks a TURN server that is yours, and says what it withstands.

  pinhole-attack --server IP [--port 3478] [--tcp-port N] [--tls-port N]
                 (--secret S [--app ID] | --username U --password P)
                 [--peer IP:PORT]... [--denied-peer IP:PORT] [--only 17,18] [--json | --markdown]
                 [--i-own-this-server]

  --tcp-port     where it serves TURN over TCP; left out: those rows are not asked
  --secret       coturn's use-auth-secret, or with --app the secret of that app of Pinhole
  --peer         an address of this machine that the server may reach; twice, and no row is left out
  --denied-peer  an address that its operator denied inside a range that is otherwise allowed
  --i-own-this-server  needed for every server that is not on this machine

Exit codes: 0 every row that applies holds, 1 some do not, 2 wrong options.`;

export interface Options {
  readonly udp: TransportAddress;
  readonly tcp: TransportAddress | undefined;
  readonly tls: TransportAddress | undefined;
  readonly credentials: CredentialSource;
  readonly peers: readonly TransportAddress[];
  readonly deniedPeer: TransportAddress | undefined;
  readonly only: readonly number[] | undefined;
  readonly format: 'text' | 'json' | 'markdown';
}

/** What is wrong with the options, for whoever typed them. */
export class UsageError extends Error {}

/** Throws a UsageError; also for a server that is not on this machine, unless whoever runs this answers for it. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parse(args);
  const ip = values.server ?? fail('--server is missing');
  const at = (port: string): TransportAddress =>
    transportAddress(ip, Number(port)) ?? fail(`--server needs an IP address, and ports are numbers: ${ip} ${port}`);
  const udp = at(values.port);
  if (!isOnThisMachine(ip) && !values['i-own-this-server']) {
    fail(`${ip} is not on this machine. Attack only what is yours, and say so: --i-own-this-server`);
  }
  return {
    udp,
    tcp: values['tcp-port'] === undefined ? undefined : at(values['tcp-port']),
    tls: values['tls-port'] === undefined ? undefined : at(values['tls-port']),
    credentials: credentialsFrom(values),
    peers: (values.peer ?? []).map(parseAddress),
    deniedPeer: values['denied-peer'] === undefined ? undefined : parseAddress(values['denied-peer']),
    only: values.only?.split(',').map(rowNumber),
    format: values.json ? 'json' : values.markdown ? 'markdown' : 'text',
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...{ server: { type: 'string' }, port: { type: 'string', default: '3478' } },
        ...{ 'tcp-port': { type: 'string' }, 'tls-port': { type: 'string' } },
        ...{ secret: { type: 'string' }, app: { type: 'string' } },
        ...{ username: { type: 'string' }, password: { type: 'string' } },
        ...{ peer: { type: 'string', multiple: true }, 'denied-peer': { type: 'string' }, only: { type: 'string' } },
        ...{ json: { type: 'boolean', default: false }, markdown: { type: 'boolean', default: false } },
        'i-own-this-server': { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function credentialsFrom(values: {
  secret?: string;
  app?: string;
  username?: string;
  password?: string;
}): CredentialSource {
  const { secret, app, username, password } = values;
  if (secret !== undefined) return fromSecret(secret, app);
  if (username === undefined || password === undefined)
    return fail('--secret, or --username and --password, is missing');
  return fromPassword({ username, password });
}

function rowNumber(text: string): number {
  const row = Number(text);
  return CHECKS.some((check) => check.row === row) ? row : fail(ROWS_NOT_ASKED.get(row) ?? `there is no row "${text}"`);
}

/** `192.0.2.1:3478`, `[2001:db8::1]:3478`. */
function parseAddress(text: string): TransportAddress {
  const [, ip6, ip4, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
  return transportAddress(ip6 ?? ip4 ?? '', Number(port)) ?? fail(`"${text}" is no IP:PORT`);
}

function isOnThisMachine(ip: string): boolean {
  return ip.startsWith('127.') || ip === '::1';
}

function fail(why: string): never {
  throw new UsageError(why);
}
