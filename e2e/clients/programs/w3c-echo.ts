// Two ends with the W3C interface in one program: one sends over a data channel, the other returns what it gets, and both may
// use nothing but the relay. It runs in Node over several stacks, and as source text inside browsers: it imports only types and
// uses nothing outside its function.
import type { ClientOutcome, ClientTask } from '../client-task.ts';

export type EchoOutcome = Omit<ClientOutcome, 'version'>;

export async function echoThroughRelay(
  task: ClientTask,
  Peer: typeof RTCPeerConnection = RTCPeerConnection,
): Promise<EchoOutcome> {
  const server = { urls: task.url, username: task.username, credential: task.password };
  const open = (): RTCPeerConnection => new Peer({ iceServers: [server], iceTransportPolicy: 'relay' });
  const ends = [open(), open()] as const;
  const [offerer, answerer] = ends;
  let progress = 'no channel';
  try {
    return await withinTime(run());
  } finally {
    await Promise.all(ends.map((end) => end.close()));
  }

  async function run(): Promise<EchoOutcome> {
    trickle(offerer, answerer);
    trickle(answerer, offerer);
    const [channel, echo] = [openChannel(offerer), openChannel(answerer)];
    echo.onmessage = ({ data }) => echo.send(data);
    const bothOpen = Promise.all([isOpen(channel), isOpen(echo)]);
    await negotiate();
    await bothOpen;
    progress = 'nothing echoed';
    const echoed = await sendAndCollect(channel);
    return { ...count(echoed), ends: [await relayedEnd(offerer), await relayedEnd(answerer)] };
  }

  /**
   * Both ends make the channel, so that both have their listeners before anything arrives: in @roamhq/wrtc a message can
   * overtake those that wait for a listener.
   */
  function openChannel(end: RTCPeerConnection): RTCDataChannel {
    const channel = end.createDataChannel('echo', { negotiated: true, id: 0 });
    channel.binaryType = 'arraybuffer';
    return channel;
  }

  function isOpen(channel: RTCDataChannel): Promise<unknown> {
    return new Promise((resolve) => {
      channel.onopen = resolve;
    });
  }

  /** The other end may not know its remote description yet, so candidates wait for it. */
  function trickle(from: RTCPeerConnection, to: RTCPeerConnection): void {
    const early: RTCIceCandidate[] = [];
    from.onicecandidate = async ({ candidate }) => {
      if (!candidate?.candidate) return;
      early.push(candidate);
      while (to.remoteDescription === null || to.remoteDescription === undefined) await pause();
      for (const waiting of early.splice(0)) await to.addIceCandidate(waiting);
    };
  }

  async function negotiate(): Promise<void> {
    const offer = await offerer.createOffer();
    await offerer.setLocalDescription(offer);
    await answerer.setRemoteDescription(offer);
    const answer = await answerer.createAnswer();
    await answerer.setLocalDescription(answer);
    await offerer.setRemoteDescription(answer);
  }

  function message(index: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length: task.messageBytes }, (_, place) => (index * 31 + place * 7) % 256);
  }

  async function sendAndCollect(channel: RTCDataChannel): Promise<Uint8Array[]> {
    const echoed: Uint8Array[] = [];
    const all = new Promise<void>((resolve) => {
      channel.onmessage = ({ data }) => {
        echoed.push(new Uint8Array(data));
        progress = `${echoed.length} echoed`;
        if (echoed.length === task.messages) resolve();
      };
    });
    for (let index = 0; index < task.messages; index += 1) channel.send(message(index));
    await all;
    return echoed;
  }

  function count(echoed: readonly Uint8Array[]): Omit<EchoOutcome, 'ends'> {
    return {
      sentMessages: task.messages,
      sentBytes: task.messages * task.messageBytes,
      echoedMessages: echoed.length,
      echoedBytes: echoed.reduce((sum, { byteLength }) => sum + byteLength, 0),
      identical: echoed.every((bytes, index) => bytes.join() === message(index).join()),
    };
  }

  async function relayedEnd(end: RTCPeerConnection): Promise<EchoOutcome['ends'][number]> {
    const stats = new Map<string, Record<string, string>>();
    for (const report of (await end.getStats()).values()) stats.set(report.id, report);
    const all = [...stats.values()];
    // Chromium says on the transport which pair is selected, Firefox on the pair itself.
    const transport = all.find(({ selectedCandidatePairId }) => selectedCandidatePairId !== undefined);
    const pair = stats.get(transport?.selectedCandidatePairId ?? '') ?? all.find(({ selected }) => selected);
    const local = stats.get(pair?.localCandidateId ?? '');
    const remote = stats.get(pair?.remoteCandidateId ?? '');
    return {
      localType: local?.candidateType ?? 'unknown',
      remoteType: remote?.candidateType ?? 'unknown',
      ...(local?.relayProtocol !== undefined && { relayProtocol: local.relayProtocol }),
    };
  }

  function withinTime<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        const states = (): string => ends.map((end) => `${end.iceGatheringState}/${end.connectionState}`).join(', ');
        setTimeout(() => reject(new Error(`not done in time: ${states()}, ${progress}`)), task.timeoutMs);
      }),
    ]);
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 5));
  }
}
