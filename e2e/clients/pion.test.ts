import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { Lab } from '@pinhole/testkit/lab';
import { testIndependentClient } from './client-facts.ts';
import { buildGoProgram, whyNoGo } from './go-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'pinhole-pion-'));
const program = join(folder, 'pion-client');
const skip = Lab.unavailable() ?? whyNoGo('pion') ?? false;
if (skip === false) buildGoProgram('pion', program);
after(() => rmSync(folder, { recursive: true, force: true }));

testIndependentClient({
  name: 'pion/turn',
  skip,
  did: 'datagrams over a channel to an echo server',
  allocations: 1,
  over: { udp: 'relays', tcp: 'relays', tls: 'relays' },
  run: (bench, task) => bench.runProgram(task, program),
});
