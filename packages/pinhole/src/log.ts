import type { Log, LogConfig, LogFields } from '@pinhole/contract';
import { truncatedAddress } from './network/truncated-address.ts';

export type LogFormat = 'json' | 'text';

export interface LogOptions {
  readonly format: LogFormat;
  readonly write: (line: string) => void;
  readonly now: () => Date;
  /** Asked for each line, for a reload may change it. Absent: every line, clients' addresses truncated. */
  readonly settings?: () => LogConfig;
}

/** Writes one line per event. Whatever a field holds, a line stays one line and no terminal obeys it. */
export function createLog({ format, write, now, settings = () => STANDARD }: LogOptions): Log {
  const line = format === 'json' ? jsonLine : textLine;
  const at =
    (level: Level) =>
    (event: string, fields: LogFields = {}): void => {
      const { level: least, addresses } = settings();
      if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
      write(line({ time: now().toISOString(), level, event, fields: redacted(fields, addresses) }));
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

const STANDARD: LogConfig = { level: 'info', addresses: 'truncated' };
const LEVELS = ['info', 'warn', 'error'] as const;

type Level = (typeof LEVELS)[number];

interface Entry {
  readonly time: string;
  readonly level: Level;
  readonly event: string;
  readonly fields: LogFields;
}

function jsonLine({ time, level, event, fields }: Entry): string {
  return escapeControls(JSON.stringify({ ...fields, time, level, event }));
}

function textLine({ time, level, event, fields }: Entry): string {
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${textValue(value)}`);
  return [time, level.padEnd(5), event, ...pairs].join(' ');
}

function textValue(value: unknown): string {
  if (typeof value === 'string' && /^[\w.:/@[\]-]+$/.test(value)) return value;
  return escapeControls(JSON.stringify(value) ?? 'undefined');
}

/** The last net: no part should put these into a field, and none that does shall be read in a log file. */
const SECRET_NAMES = /secret|token|password|credential|authorization|ticket/i;

/** Who a client is; peers are named in full, because the rules are about them. */
const CLIENT_NAMES: ReadonlySet<string> = new Set(['client', 'clientIp']);

function redacted(fields: LogFields, addresses: LogConfig['addresses']): LogFields {
  const shown = (name: string, value: unknown): unknown => {
    if (SECRET_NAMES.test(name)) return '[redacted]';
    const isHidden = addresses === 'truncated' && CLIENT_NAMES.has(name);
    return isHidden ? truncatedAddress(String(value)) : plain(value);
  };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, shown(name, value)]));
}

function plain(value: unknown): unknown {
  if (value instanceof Error) return value.message;
  return typeof value === 'bigint' ? String(value) : value;
}

/** JSON leaves DEL, C1 controls, line separators and text-direction marks as they are; a terminal acts on them. */
function escapeControls(json: string): string {
  return json.replaceAll(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
