// @roamhq/wrtc: libwebrtc, the stack of Chromium, as a Node module.
import { createRequire } from 'node:module';
import type Wrtc from '@roamhq/wrtc';
import { packageVersion } from './node-module.ts';
import { runClientProgram } from './task-io.ts';
import { echoThroughRelay } from './w3c-echo.ts';
import { trustAuthority } from './wrtc-trust.ts';

const version = packageVersion('@roamhq/wrtc');

await runClientProgram(async (task) => {
  if (task.transport === 'tls') trustAuthority(task.caFile);
  const wrtc = createRequire(import.meta.url)('@roamhq/wrtc') as typeof Wrtc;
  return { version, ...(await echoThroughRelay(task, wrtc.RTCPeerConnection)) };
});
