// The little of WebDriver BiDi that a test needs: open a session, run a function in its page.
import { once } from 'node:events';

interface BidiReply {
  readonly id: number;
  readonly type: 'success' | 'error';
  readonly result?: unknown;
  readonly message?: string;
}

interface Evaluation {
  readonly result?: { readonly value?: string };
  readonly exceptionDetails?: { readonly text: string };
}

export class BidiSession {
  browserVersion = '';
  #context = '';
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (reply: BidiReply) => void>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const reply = JSON.parse(String(data)) as BidiReply;
      this.#waiting.get(reply.id)?.(reply);
    });
  }

  static async open(address: string): Promise<BidiSession> {
    const socket = new WebSocket(`${address}/session`);
    await once(socket, 'open');
    const session = new BidiSession(socket);
    const { capabilities } = await session.#command<{ capabilities: { browserVersion: string } }>('session.new', {
      capabilities: {},
    });
    const { contexts } = await session.#command<{ contexts: { context: string }[] }>('browsingContext.getTree', {});
    session.browserVersion = capabilities.browserVersion;
    session.#context = contexts[0]?.context ?? '';
    return session;
  }

  /** Runs the function's own source text in the page, with one argument; both sides go through JSON. */
  async call<A, R>(action: (argument: A) => Promise<R>, argument: A): Promise<R> {
    const { result, exceptionDetails } = await this.#command<Evaluation>('script.callFunction', {
      functionDeclaration: `async () => JSON.stringify(await (${action})(${JSON.stringify(argument)}))`,
      awaitPromise: true,
      target: { context: this.#context },
    });
    if (result?.value === undefined) throw new Error(exceptionDetails?.text ?? 'the page said nothing');
    return JSON.parse(result.value) as R;
  }

  async #command<R>(method: string, params: object): Promise<R> {
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve } = Promise.withResolvers<BidiReply>();
    this.#waiting.set(id, resolve);
    this.#socket.send(JSON.stringify({ id, method, params }));
    const reply = await promise;
    this.#waiting.delete(id);
    if (reply.type === 'error') throw new Error(`${method}: ${reply.message}`);
    return reply.result as R;
  }
}
