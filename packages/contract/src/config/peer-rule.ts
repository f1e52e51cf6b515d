import { checkCidr } from './cidr.ts';

/** Inclusive. */
export interface PortSpan {
  readonly min: number;
  readonly max: number;
}

/** Which peers a rule is about: addresses or a name, on some ports or on all. */
export type PeerRule = AddressRule | NameRule;

export interface AddressRule {
  readonly kind: 'addresses';
  /** As written in the configuration: what a refusal names. */
  readonly text: string;
  /** An address or a CIDR range. */
  readonly range: string;
  /** Absent: every port. */
  readonly ports?: PortSpan;
}

export interface NameRule {
  readonly kind: 'name';
  readonly text: string;
  /** In lower case. */
  readonly hostname: string;
  /** Absent: every port. */
  readonly ports?: PortSpan;
}

const SHAPES =
  'must be an IP address or a CIDR range such as 10.0.0.0/24; with ports 10.0.0.0/24:5000-6000 or [2001:db8::1]:443';

/**
 * Reads a rule, or says what is wrong with it. One rule, one reading: `10.0.0.256` is a mistyped address and no name, and
 * an IPv6 address with a port needs its brackets.
 */
export function parsePeerRule(text: string): PeerRule | { readonly problem: string } {
  const { host, ports: portText, isBracketed } = split(text);
  if (host === undefined) return { problem: SHAPES };
  const { ports, problem: portProblem } = parsePorts(portText);
  if (portProblem !== undefined) return { problem: portProblem };
  if (isBracketed && !host.includes(':')) return { problem: 'must have an IPv6 address in its brackets' };
  if (isHostname(host)) return { kind: 'name', text, hostname: host.toLowerCase(), ...spanOf(ports) };
  const problem = checkCidr(host);
  if (problem === undefined) return { kind: 'addresses', text, range: host, ...spanOf(ports) };
  return { problem: /^[\d.:a-f]+\/\d+$/i.test(host) ? problem : SHAPES };
}

interface Split {
  readonly host: string | undefined;
  readonly ports: string | undefined;
  readonly isBracketed: boolean;
}

/** A text with two colons or more and no brackets is an IPv6 address as a whole. */
function split(text: string): Split {
  const bracketed = /^\[([^[\]]+)\](?::(.*))?$/.exec(text);
  if (bracketed !== null) return { host: bracketed[1], ports: bracketed[2], isBracketed: true };
  const [host, ports, ...more] = text.split(':');
  if (more.length > 0) return { host: text, ports: undefined, isBracketed: false };
  return { host: host === '' ? undefined : host, ports, isBracketed: false };
}

function parsePorts(text: string | undefined): { readonly ports?: PortSpan; readonly problem?: string } {
  if (text === undefined) return {};
  const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const min = Number(first);
  const max = last === undefined ? min : Number(last);
  if (first !== undefined && min >= 1 && min <= max && max <= 0xffff) return { ports: { min, max } };
  return { problem: 'must have a port of 1-65535, or a range such as 5000-6000, after the last ":"' };
}

function spanOf(ports: PortSpan | undefined): { readonly ports?: PortSpan } {
  return ports === undefined ? {} : { ports };
}

/** RFC 1123 §2.1. What ends in a number is an address that was mistyped: no top-level domain is one (RFC 3696 §2). */
function isHostname(text: string): boolean {
  const labels = text.split('.');
  const areLabels = labels.every((label) => /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/i.test(label));
  return areLabels && text.length <= 253 && !/^(\d+|0x[\da-f]*)$/i.test(labels.at(-1) ?? '');
}
