import { type PeerRule, type PortSpan, parsePeerRule } from '@pinhole/contract';
import { findRange, type IpRange, ipRange } from './ip-range.ts';

/** A name's addresses of now; none for a name that leads nowhere. */
export type AddressesOf = (hostname: string) => readonly IpRange[];

/** A peer rule of the configuration, ready to be asked. */
export interface CompiledRule {
  readonly text: string;
  readonly ranges: () => readonly IpRange[];
  readonly ports: PortSpan | undefined;
}

/** Throws a TypeError on a text that is no rule: the configuration was checked before, so this is a mistake of ours. */
export function compileRule(text: string, addressesOf: AddressesOf): CompiledRule {
  const rule = parsePeerRule(text);
  if ('problem' in rule) throw new TypeError(`not a peer rule: ${text}`);
  return { text, ports: rule.ports, ranges: rangesOf(rule, addressesOf) };
}

/** The names among the rules: what somebody has to resolve. */
export function namesIn(rules: readonly string[]): readonly string[] {
  const parsed = rules.map(parsePeerRule);
  return parsed.flatMap((rule) => ('problem' in rule || rule.kind !== 'name' ? [] : [rule.hostname]));
}

/** The rule that closes the port of one of the addresses; with an open port (a permission), one that closes them all. */
export function findDenial(
  rules: readonly CompiledRule[],
  ips: readonly Uint8Array[],
  port: number | undefined,
): CompiledRule | undefined {
  return rules.find(
    (rule) =>
      (rule.ports === undefined || holdsPort(rule.ports, port)) &&
      ips.some((ip) => findRange(rule.ranges(), ip) !== undefined),
  );
}

/** Whether a rule opens the port of the address; with an open port (a permission), whether one opens any of them. */
export function isOpenedBy(rules: readonly CompiledRule[], ip: Uint8Array, port: number | undefined): boolean {
  return rules.some(
    ({ ports, ranges }) =>
      (ports === undefined || port === undefined || holdsPort(ports, port)) && findRange(ranges(), ip) !== undefined,
  );
}

function holdsPort({ min, max }: PortSpan, port: number | undefined): boolean {
  return port !== undefined && min <= port && port <= max;
}

function rangesOf(rule: PeerRule, addressesOf: AddressesOf): () => readonly IpRange[] {
  if (rule.kind === 'name') return () => addressesOf(rule.hostname);
  const ranges = [ipRange(rule.range)];
  return () => ranges;
}
