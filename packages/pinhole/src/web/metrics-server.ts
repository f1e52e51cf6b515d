import { createServer, type Server } from 'node:http';
import type { MetricsConfig } from '@pinhole/contract';

export interface MetricsServer {
  /** With the port that the system chose where 0 was asked for. */
  readonly port: number;
  close(): Promise<void>;
}

export interface MetricsServerOptions {
  readonly listen: MetricsConfig;
  readonly metricsText: () => Promise<string>;
  /** Why the product is not ready; `undefined` where it is. */
  readonly notReady: () => string | undefined;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

/** Serves what monitoring asks for, apart from the clients' ports. Rejects with the system's error where it cannot. */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    void answerTo(request.method ?? '', request.url ?? '', options)
      .catch((): Answer => ({ status: 500, body: 'metrics failed\n' }))
      .then(({ status, body, type = 'text/plain; charset=utf-8' }) => {
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
        response.end(body);
      });
  });
  await listening(server, options.listen);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.listen.port;
  return { port, close: () => closed(server) };
}

async function answerTo(method: string, url: string, options: MetricsServerOptions): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: 'GET only\n' };
  switch (url.split('?')[0]) {
    case '/metrics':
      return { status: 200, body: await options.metricsText(), type: 'text/plain; version=0.0.4; charset=utf-8' };
    case '/healthz':
      return { status: 200, body: 'ok\n' };
    case '/readyz': {
      const reason = options.notReady();
      return reason === undefined ? { status: 200, body: 'ready\n' } : { status: 503, body: `${reason}\n` };
    }
    default:
      return { status: 404, body: 'Here are /metrics, /healthz and /readyz.\n' };
  }
}

async function listening(server: Server, { ip, port }: MetricsConfig): Promise<void> {
  const started = Promise.withResolvers<void>();
  server.once('error', started.reject);
  server.listen(port, ip, started.resolve);
  await started.promise;
  server.off('error', started.reject);
}

async function closed(server: Server): Promise<void> {
  const done = Promise.withResolvers<void>();
  server.close(() => done.resolve());
  server.closeAllConnections();
  await done.promise;
}
