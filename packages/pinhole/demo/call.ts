import type { ProxyRtcConfiguration } from '@pinhole/client';

/** A call within one page: two ends that know each other only by their relayed transport addresses. */
export class LoopCall {
  readonly caller: RTCPeerConnection;
  readonly callee: RTCPeerConnection;

  constructor(configuration: ProxyRtcConfiguration) {
    this.caller = new RTCPeerConnection(configuration);
    this.callee = new RTCPeerConnection(configuration);
    handOverCandidates(this.caller, this.callee);
    handOverCandidates(this.callee, this.caller);
  }

  /** Calls. The stream that arrives plays in `video`; resolves with the first picture, rejects after `timeout` milliseconds. */
  async connect(stream: MediaStream, video: HTMLVideoElement, timeout: number): Promise<void> {
    this.callee.addEventListener('track', ({ streams }) => {
      const [received] = streams;
      if (received !== undefined && video.srcObject !== received) video.srcObject = received;
    });
    for (const track of stream.getTracks()) this.caller.addTrack(track, stream);
    const picture = firstPicture(video, this.caller, timeout);
    await this.caller.setLocalDescription();
    await this.callee.setRemoteDescription(described(this.caller));
    await this.callee.setLocalDescription();
    await this.caller.setRemoteDescription(described(this.callee));
    await picture;
  }

  /** Sends another stream in the place of the first, without a new negotiation. */
  async replaceStream(stream: MediaStream): Promise<void> {
    const tracks = stream.getTracks();
    await Promise.all(
      this.caller.getSenders().map((sender) => {
        const track = tracks.find(({ kind }) => kind === sender.track?.kind);
        return track === undefined ? undefined : sender.replaceTrack(track);
      }),
    );
  }

  close(): void {
    this.caller.close();
    this.callee.close();
  }
}

function handOverCandidates(from: RTCPeerConnection, to: RTCPeerConnection): void {
  from.addEventListener('icecandidate', ({ candidate }) => {
    // A call that was closed meanwhile takes no candidates, and needs none.
    if (candidate !== null) to.addIceCandidate(candidate).catch(() => {});
  });
}

function described(connection: RTCPeerConnection): RTCSessionDescription {
  if (connection.localDescription === null) throw new Error('setLocalDescription() resolved without a description.');
  return connection.localDescription;
}

function firstPicture(video: HTMLVideoElement, connection: RTCPeerConnection, timeout: number): Promise<void> {
  const { promise, resolve, reject } = deferred();
  const timer = setTimeout(() => reject(new Error('no picture in time')), timeout);
  const onFrame = (): void => resolve();
  if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(onFrame);
  else (video as HTMLVideoElement).addEventListener('loadeddata', onFrame, { once: true });
  connection.addEventListener('connectionstatechange', () => {
    if (connection.connectionState === 'failed') reject(new Error('the ends did not find each other'));
  });
  return promise.finally(() => clearTimeout(timer));
}

/** As `Promise.withResolvers()`, which browsers of 2023 do not have yet. */
function deferred(): { promise: Promise<void>; resolve: () => void; reject: (reason: Error) => void } {
  let resolve: () => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
