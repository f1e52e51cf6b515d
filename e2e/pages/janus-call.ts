// The app of the tests: a call to Janus with nothing of Pinhole in it but a configuration and a URL that it is given.
import { type CallStats, readCallStats, sampleFrames } from './call-stats.ts';
import { JanusSession, type PluginData, type PluginEvent } from './janus-api.ts';
import { type ProxyOptions, type ProxyOutcome, startProxy } from './proxy.ts';

/** Where and how to call, with or without Pinhole. */
export interface CallTarget {
  readonly signalingUrl: string;
  readonly rtcConfiguration?: RTCConfiguration;
  /** How long the signalling connection may take. */
  readonly openTimeoutMs: number;
}

export interface RoomTarget extends CallTarget {
  readonly room: number;
  readonly display: string;
}

/** What a test sees of the page: `window.call`. */
export interface CallPage {
  startProxy(options: ProxyOptions): Promise<ProxyOutcome>;
  /** Sends the fake camera to EchoTest and shows what comes back. Resolves when the SDP is exchanged, before media flows. */
  joinEchoTest(target: CallTarget): Promise<void>;
  /** Publishes the fake camera in a VideoRoom and shows the first other publisher, who may come later. */
  joinVideoRoom(target: RoomTarget): Promise<void>;
  /** Of the connection that receives, renewed ten times a second: a plain field, because waitForFunction awaits no promise. */
  stats: CallStats | undefined;
  sampleFrames(seconds: number): Promise<number[]>;
}

declare global {
  interface Window {
    call: CallPage;
  }
}

// Small, so that several encoders and decoders fit into two processor cores.
const CAMERA: MediaStreamConstraints = { audio: true, video: { width: 320, height: 240, frameRate: 15 } };

const STATS_EVERY_MS = 100;

/** The connection whose picture the page shows. */
let receiving: RTCPeerConnection | undefined;

window.call = {
  startProxy,
  joinEchoTest,
  joinVideoRoom,
  stats: undefined,
  sampleFrames: (seconds) => {
    if (receiving === undefined) throw new Error('There is no call yet.');
    return sampleFrames(receiving, seconds);
  },
};

setInterval(async () => {
  if (receiving !== undefined) window.call.stats = await readCallStats(receiving);
}, STATS_EVERY_MS);

async function joinEchoTest(target: CallTarget): Promise<void> {
  const session = await JanusSession.open(target.signalingUrl, target.openTimeoutMs);
  const handle = await session.attach('janus.plugin.echotest');
  const connection = new RTCPeerConnection(target.rtcConfiguration);
  handle.trickleFrom(connection);
  show(connection);
  await addCamera(connection);
  await connection.setLocalDescription();
  const answer = await handle.message({ audio: true, video: true }, ownDescription(connection));
  await connection.setRemoteDescription(required(answer));
}

async function joinVideoRoom(target: RoomTarget): Promise<void> {
  const session = await JanusSession.open(target.signalingUrl, target.openTimeoutMs);
  const handle = await session.attach('janus.plugin.videoroom');
  const subscribe = subscribeOnce(session, target);
  handle.onEvent = ({ data }) => void subscribe(data);
  const { room, display } = target;
  const joined = await handle.message({ request: 'join', ptype: 'publisher', room, display });
  const connection = new RTCPeerConnection(target.rtcConfiguration);
  handle.trickleFrom(connection);
  await addCamera(connection);
  await connection.setLocalDescription();
  const answer = await handle.message({ request: 'publish', audio: true, video: true }, ownDescription(connection));
  await connection.setRemoteDescription(required(answer));
  await subscribe(joined.data);
}

/** Janus tells of publishers when one joins and again when others come; the first one is shown. */
function subscribeOnce(session: JanusSession, target: RoomTarget): (data: PluginData) => Promise<void> {
  let done = false;
  return async (data) => {
    const [publisher] = (data.publishers ?? []) as { id: number }[];
    if (publisher === undefined || done) return;
    done = true;
    await subscribe(session, target, publisher.id);
  };
}

async function subscribe(session: JanusSession, target: RoomTarget, feed: number): Promise<void> {
  const handle = await session.attach('janus.plugin.videoroom');
  const { room } = target;
  const offer = await handle.message({ request: 'join', ptype: 'subscriber', room, streams: [{ feed }] });
  const connection = new RTCPeerConnection(target.rtcConfiguration);
  handle.trickleFrom(connection);
  show(connection);
  await connection.setRemoteDescription(required(offer));
  await connection.setLocalDescription();
  await handle.message({ request: 'start', room }, ownDescription(connection));
}

async function addCamera(connection: RTCPeerConnection): Promise<void> {
  const camera = await navigator.mediaDevices.getUserMedia(CAMERA);
  for (const track of camera.getTracks()) connection.addTrack(track, camera);
  videoElement('local').srcObject = camera;
}

function show(connection: RTCPeerConnection): void {
  receiving = connection;
  connection.addEventListener('track', ({ streams: [stream] }) => {
    if (stream !== undefined) videoElement('remote').srcObject = stream;
  });
}

function videoElement(id: string): HTMLVideoElement {
  const element = document.getElementById(id);
  if (!(element instanceof HTMLVideoElement)) throw new Error(`The page has no video "${id}".`);
  return element;
}

function ownDescription({ localDescription }: RTCPeerConnection): RTCSessionDescriptionInit {
  if (localDescription === null) throw new Error('There is no local description yet.');
  return { type: localDescription.type, sdp: localDescription.sdp };
}

function required({ jsep }: PluginEvent): RTCSessionDescriptionInit {
  if (jsep === undefined) throw new Error('Janus answered without an SDP.');
  return jsep;
}
