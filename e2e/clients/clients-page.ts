// docs/clients.md out of the records of a run: nobody types that table.
import type { Ability } from './client-facts.ts';
import type { ClientRecord } from './client-record.ts';

export interface RunFacts {
  readonly date: string;
  readonly system: string;
  /** Clients that could not run here, each with the reason. */
  readonly skipped: readonly string[];
}

const TRANSPORTS = ['udp', 'tcp', 'tls'];

const INTRODUCTION = `# Clients that were tried
Independent TURN clients against \`pinhole up\`, in the firewall lab: the client is behind a firewall that opens nothing but Pinhole's UDP
3478 and TCP 443. **Relays** means: allocated over that transport (by the server's own count), the selected pair is relayed, every message
came back byte for byte, nothing went past Pinhole, and afterwards no allocation and no relayed address was left.

This page is written by \`npm run clients:report\`, from the results of [the tests](../e2e/clients) that \`npm test\` runs too. What a client
cannot do, or does wrong, is a test as well.`;

export function clientsPage(records: readonly ClientRecord[], run: RunFacts): string {
  const rows = [...records].sort(byClientAndTransport).map((record) => row(record, versionOf(record, records)));
  const lines = [
    INTRODUCTION,
    '',
    '| client | version | transport | result | what it did |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    `The run: ${run.date}, ${run.system}.`,
    ...run.skipped.map((reason) => `Not tried: ${reason}`),
  ];
  return `${lines.join('\n')}\n`;
}

function byClientAndTransport(a: ClientRecord, b: ClientRecord): number {
  const order = TRANSPORTS.indexOf(a.transport) - TRANSPORTS.indexOf(b.transport);
  return plainName(a).localeCompare(plainName(b), 'en') || order;
}

function plainName({ client }: ClientRecord): string {
  return client.replace(/^@[a-z]+\//, '').toLowerCase();
}

/** A client that failed over one transport said no version there, but over another it did. */
function versionOf({ client, version }: ClientRecord, records: readonly ClientRecord[]): string {
  return version ?? records.find((other) => other.client === client && other.version !== undefined)?.version ?? '?';
}

function row(record: ClientRecord, version: string): string {
  const cells = [record.client, version, record.transport, result(record.ability), activity(record)];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function result(ability: Ability): string {
  if (ability === 'relays') return '**relays**';
  if ('relaysGiven' in ability) return `**relays**, given that ${ability.relaysGiven}`;
  if ('countsShort' in ability) return `**relays** (by the server's count), but counts short: ${ability.countsShort}`;
  if ('cannot' in ability) return `does not: ${ability.cannot}`;
  return `**relays**, but allocations left to expire (${ability.leaves}): ${ability.because}`;
}

function activity({ did, echoedMessages, echoedBytes }: ClientRecord): string {
  return echoedMessages === undefined ? '' : `${did}: ${echoedMessages} messages, ${echoedBytes} bytes, there and back`;
}
