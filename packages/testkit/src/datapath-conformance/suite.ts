import { before, describe } from 'node:test';
import type { TlsIdentity } from '@pinhole/edge';
import { issueTestCertificates } from '../lab/certificates.ts';
import { bandwidthFacts } from './bandwidth-facts.ts';
import { Bench, type ConformanceOptions, type CreateDatapath } from './bench.ts';
import { connectionFacts } from './connection-facts.ts';
import { countingFacts } from './counting-facts.ts';
import { familyFacts } from './family-facts.ts';
import { hairpinFacts } from './hairpin-facts.ts';
import { listenerFacts } from './listener-facts.ts';
import { muxFacts } from './mux-facts.ts';
import { proxyFacts } from './proxy-facts.ts';
import { relayFacts } from './relay-facts.ts';
import { reservationFacts } from './reservation-facts.ts';
import { ruleFacts } from './rule-facts.ts';
import { slowReaderFacts } from './slow-reader-facts.ts';
import { streamFacts } from './stream-facts.ts';
import { tcpRelayFacts } from './tcp-relay-facts.ts';
import { tlsFacts } from './tls-facts.ts';

/** Opens a bench for one fact; the fact disposes of it. */
export type OpenBench = (options?: Partial<ConformanceOptions>) => Promise<Bench>;

/**
 * What every datapath must do, as tests. A backend that passes can take another's place. Everything runs on loopback;
 * the only clock that rules see is the bench's.
 */
export function datapathConformance(name: string, create: CreateDatapath): void {
  describe(`the ${name} datapath`, () => {
    let tls: TlsIdentity;
    before(async () => {
      tls = await issueTestCertificates(['127.0.0.1']);
    });
    const open: OpenBench = (options = {}) => Bench.open(create, { tls, ...options });
    listenerFacts(open);
    muxFacts(open);
    tlsFacts(open);
    proxyFacts(open);
    connectionFacts(open);
    streamFacts(open);
    slowReaderFacts(open);
    relayFacts(open);
    ruleFacts(open);
    hairpinFacts(open);
    countingFacts(open);
    bandwidthFacts(open);
    familyFacts(open);
    reservationFacts(open);
    tcpRelayFacts(open);
  });
}
