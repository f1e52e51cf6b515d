// @roamhq/wrtc: libwebrtc, the stack of Chromium, as a Node module.
import wrtc from '@roamhq/wrtc';
import { packageVersion } from './node-module.ts';
import { runClientProgram } from './task-io.ts';
import { echoThroughRelay } from './w3c-echo.ts';

const version = packageVersion('@roamhq/wrtc');

await runClientProgram(async (task) => ({ version, ...(await echoThroughRelay(task, wrtc.RTCPeerConnection)) }));
