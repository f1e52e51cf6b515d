// The part of Janus's WebSocket API that a call needs: session, plugin handle, message with an SDP, trickle.

interface JanusMessage {
  readonly janus: string;
  readonly transaction?: string;
  readonly sender?: number;
  readonly data?: { readonly id: number };
  readonly error?: { readonly code: number; readonly reason: string };
  readonly plugindata?: { readonly data: PluginData };
  readonly jsep?: RTCSessionDescriptionInit;
}

export interface PluginData {
  readonly [field: string]: unknown;
}

export interface PluginEvent {
  readonly data: PluginData;
  readonly jsep: RTCSessionDescriptionInit | undefined;
}

// Janus drops a session that is silent for a minute.
const KEEP_ALIVE_EVERY_MS = 20_000;

/** One session over one WebSocket. */
export class JanusSession {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, (message: JanusMessage) => void>();
  readonly #handles = new Map<number, JanusHandle>();
  #id = 0;
  #transactions = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#receive(JSON.parse(String(data)) as JanusMessage));
  }

  /** Rejects with "signalling did not open" when the server cannot be reached within `timeoutMs`. */
  static async open(url: string, timeoutMs: number): Promise<JanusSession> {
    const session = new JanusSession(await openSocket(url, timeoutMs));
    session.#id = (await session.request({ janus: 'create' })).data?.id ?? 0;
    setInterval(() => session.send({ janus: 'keepalive' }), KEEP_ALIVE_EVERY_MS);
    return session;
  }

  async attach(plugin: string): Promise<JanusHandle> {
    const id = (await this.request({ janus: 'attach', plugin })).data?.id ?? 0;
    const handle = new JanusHandle(this, id);
    this.#handles.set(id, handle);
    return handle;
  }

  /** Resolves with the first answer that is not a mere "ack". */
  request(message: object): Promise<JanusMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<JanusMessage>();
    this.#waiting.set(this.send(message), (answer) => {
      if (answer.error === undefined) resolve(answer);
      else reject(new Error(`Janus: ${answer.error.code} ${answer.error.reason}`));
    });
    return promise;
  }

  send(message: object): string {
    this.#transactions += 1;
    const transaction = `t${this.#transactions}`;
    const session = this.#id === 0 ? {} : { session_id: this.#id };
    this.#socket.send(JSON.stringify({ ...message, ...session, transaction }));
    return transaction;
  }

  #receive(message: JanusMessage): void {
    if (message.janus === 'ack') return;
    const waiting = this.#waiting.get(message.transaction ?? '');
    this.#waiting.delete(message.transaction ?? '');
    if (waiting !== undefined) waiting(message);
    else if (message.janus === 'event') this.#handles.get(message.sender ?? 0)?.receive(toPluginEvent(message));
  }
}

/** One plugin handle: in Janus that is one PeerConnection. */
export class JanusHandle {
  /** Set by whoever wants the events that answer no request. */
  onEvent: (event: PluginEvent) => void = () => {};
  readonly #session: JanusSession;
  readonly #id: number;

  constructor(session: JanusSession, id: number) {
    this.#session = session;
    this.#id = id;
  }

  /** Sends a request to the plugin and resolves with its event. Throws on a plugin error. */
  async message(body: object, jsep?: RTCSessionDescriptionInit): Promise<PluginEvent> {
    const message = { janus: 'message', handle_id: this.#id, body, ...(jsep && { jsep }) };
    const event = toPluginEvent(await this.#session.request(message));
    if (event.data.error !== undefined) throw new Error(`Janus plugin: ${String(event.data.error)}`);
    return event;
  }

  /** Tells Janus each local candidate as the browser finds it. */
  trickleFrom(connection: RTCPeerConnection): void {
    connection.addEventListener('icecandidate', ({ candidate }) => {
      this.#session.send({ janus: 'trickle', handle_id: this.#id, candidate: candidate ?? { completed: true } });
    });
  }

  receive(event: PluginEvent): void {
    this.onEvent(event);
  }
}

function toPluginEvent(message: JanusMessage): PluginEvent {
  return { data: message.plugindata?.data ?? {}, jsep: message.jsep };
}

function openSocket(url: string, timeoutMs: number): Promise<WebSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
  const socket = new WebSocket(url, 'janus-protocol');
  const fail = (why: string): void => reject(new Error(`signalling did not open: ${why}`));
  const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
  socket.addEventListener('open', () => resolve(socket));
  socket.addEventListener('close', ({ code }) => fail(`closed with ${code}`));
  return promise.finally(() => clearTimeout(timer));
}
