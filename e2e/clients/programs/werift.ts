// werift: a WebRTC stack in TypeScript alone.
import { RTCPeerConnection as WeriftPeerConnection } from 'werift';
import { packageVersion } from './node-module.ts';
import { runClientProgram } from './task-io.ts';
import { echoThroughRelay } from './w3c-echo.ts';

const version = packageVersion('werift');
// Its interface is the W3C's as far as the echo uses it, but its types say less.
const Peer = WeriftPeerConnection as unknown as typeof RTCPeerConnection;

await runClientProgram(async (task) => ({ version, ...(await echoThroughRelay(task, Peer)) }));
