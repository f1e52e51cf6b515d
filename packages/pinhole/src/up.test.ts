import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { allowlistSchema, type DemoConfig, type Log, proxySessionSchema } from '@pinhole/contract';
import type { Edge, EdgeOptions, LiveConfig } from '@pinhole/edge';
import { loadConfig } from './config/load-config.ts';
import { type Running, up } from './up.ts';

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Stands in for the edge: one web port, HTTP or HTTPS, and no packets. */
class EdgeDouble {
  isClosed = false;
  statusBeforeReady = 0;
  readonly configured: LiveConfig[] = [];
  readonly #scheme: 'http' | 'https';

  constructor(scheme: 'http' | 'https' = 'http') {
    this.#scheme = scheme;
  }

  readonly start = async ({ web, tls }: EdgeOptions): Promise<Edge> => {
    assert.match(tls.key, /PRIVATE KEY/);
    const server = this.#scheme === 'http' ? createHttpServer(web) : createHttpsServer(tls, web);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    if (this.#scheme === 'http') this.statusBeforeReady = (await ask(port, '/')).status;
    return {
      listening: [
        { transport: 'udp', address: { family: 4, ip: '127.0.0.1', port: 34780 } },
        { transport: 'mux', address: { family: 4, ip: '127.0.0.1', port } },
      ],
      datapath: 'portable',
      revoke: () => ({ endedAllocations: 0, isRemembered: true }),
      metricsText: async () => 'pinhole_allocations 0\n',
      drain: async () => {},
      reconfigure: async (config) => void this.configured.push(config),
      setTls: () => undefined,
      certificateExpiresAt: () => new X509Certificate(tls.cert).validToDate.getTime() / 1000,
      close: async () => {
        this.isClosed = true;
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  };
}

interface AskOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

async function ask(port: number, path: string, options: AskOptions = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body: sent } = options;
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    request.on('error', reject).end(sent);
  });
}

function portOf(url: string | undefined): number {
  return Number(new URL(url ?? '').port);
}

describe('the product, composed', () => {
  const edge = new EdgeDouble();
  let dataDir = '';
  let running: Running;
  let web = 0;
  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'pinhole-test-'));
    const set = [`dataDir=${dataDir}`, 'metrics.port=0', 'externalIp=203.0.113.10'];
    running = await up({ config: loadConfig({ env: {}, set }).config, log: quiet, startEdge: edge.start });
    web = portOf(running.demoPage);
  });
  after(async () => {
    await running.close();
    assert.ok(edge.isClosed);
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('answers 503 until control is there', () => assert.equal(edge.statusBeforeReady, 503));

  it('tells where it is, in the terms of clients and with the ports that the system chose', () => {
    const { close, reload, drain, ...facts } = running;
    assert.deepEqual(facts, {
      externalIp: '203.0.113.10',
      server: `https://203.0.113.10:${web}`,
      demoPage: `http://localhost:${web}/`,
      datapath: 'portable',
      metrics: running.metrics,
      allowlist: [
        { protocol: 'udp', ip: '203.0.113.10', port: 34780, purpose: 'media' },
        { protocol: 'tcp', ip: '203.0.113.10', port: web, purpose: 'all' },
      ],
      authorityPath: join(dataDir, 'dev-ca.pem'),
    });
  });

  it('gives the demo page a token with which a proxy session opens', async () => {
    const answer = await ask(web, '/demo/config.json');
    const config = JSON.parse(answer.body) as DemoConfig;
    assert.equal(answer.headers['access-control-allow-origin'], undefined);
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.deepEqual(
      { ...config, token: '' },
      {
        app: 'demo',
        token: '',
        server: '',
        ca: { trusted: null, path: join(dataDir, 'dev-ca.pem'), download: '/demo/ca.pem' },
        datapath: 'portable',
        allowlist: running.allowlist,
      },
    );
    const headers = { authorization: `Bearer ${config.token}` };
    const session = await ask(web, '/v1/proxy/session', { method: 'POST', headers });
    assert.equal(session.status, 201);
    assert.deepEqual(proxySessionSchema.parse(JSON.parse(session.body)).regions[0]?.iceServers[0]?.urls, [
      'turn:203.0.113.10:34780?transport=udp',
      `turn:203.0.113.10:${web}?transport=tcp`,
      `turns:203.0.113.10:${web}?transport=tcp`,
    ]);
  });

  it('takes the body of a session request in every framing of HTTP, and not beyond 16 KB', async () => {
    const { token } = JSON.parse((await ask(web, '/demo/config.json')).body) as DemoConfig;
    const statusOf = async (headers: Record<string, string>, body?: string): Promise<number> => {
      const all = { authorization: `Bearer ${token}`, ...headers };
      const sent = body === undefined ? {} : { body };
      return (await ask(web, '/v1/proxy/session', { method: 'POST', headers: all, ...sent })).status;
    };
    const chunked = { 'transfer-encoding': 'chunked' };
    const large = JSON.stringify({ app: 'demo', more: 'x'.repeat(20_000) });
    assert.deepEqual([await statusOf({}), await statusOf({ 'content-length': '0' })], [201, 201]);
    assert.deepEqual([await statusOf({}, '{"app":"demo"}'), await statusOf(chunked, '{"app":"demo"}')], [201, 201]);
    assert.deepEqual([await statusOf({}, large), await statusOf(chunked, large)], [413, 413]);
    assert.equal(
      await rawStatus(web, `POST /v1/proxy/session HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${token}`),
      201,
    );
  });

  it('serves the development authority, and never its key', async () => {
    const authority = await ask(web, '/demo/ca.pem');
    assert.ok(new X509Certificate(authority.body).ca);
    assert.doesNotMatch(authority.body, /PRIVATE/);
  });

  it('serves health, the allowlist, and coded errors for all else', async () => {
    assert.equal((await ask(web, '/healthz')).body, 'ok\n');
    assert.ok(allowlistSchema.safeParse(JSON.parse((await ask(web, '/allowlist/endpoints')).body)).success);
    for (const path of ['/nothing', '/demo/nothing', '/demo/../../package.json', '/sdk/../index.js', '/%2e%2e/x.js']) {
      const { status, body } = await ask(web, path);
      assert.equal(status, 404, path);
      assert.equal(JSON.parse(body).code, 'route.not_found', path);
    }
  });

  it('never tells browsers to stay on HTTPS with a development certificate', async () => {
    assert.equal((await ask(web, '/healthz')).headers['strict-transport-security'], undefined);
  });

  it('serves the page and the SDK where they are built, and says what to run where not', async () => {
    const page = await ask(web, '/');
    const sdk = await ask(web, '/sdk/pinhole.js');
    const isBuilt = (path: string): boolean => existsSync(new URL(path, import.meta.url));
    if (isBuilt('../dist/demo/index.html')) {
      assert.match(String(page.headers['content-security-policy']), /^default-src 'self'; .*frame-ancestors 'none'$/);
      assert.match(page.headers['content-type'] ?? '', /^text\/html/);
    } else assert.match(page.body, /npm run build/);
    if (isBuilt('../../client/dist/pinhole.js')) assert.equal(sdk.headers['access-control-allow-origin'], '*');
    else assert.match(sdk.body, /npm run build/);
  });

  it('serves metrics, health and readiness on a port of their own', async () => {
    const metrics = portOf(running.metrics);
    assert.equal((await ask(metrics, '/metrics')).body, 'pinhole_allocations 0\n');
    assert.equal((await ask(metrics, '/healthz')).status, 200);
    assert.equal((await ask(metrics, '/readyz')).body, 'ready\n');
    assert.equal((await ask(metrics, '/else')).status, 404);
    assert.equal((await ask(metrics, '/metrics', { method: 'POST' })).status, 405);
  });

  it('limits how often one client asks for a demo token', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(web, '/demo/config.json')));
    const refused = answers.filter(({ status }) => status === 429);
    assert.ok(refused.length >= 10);
    assert.equal(JSON.parse(refused[0]!.body).code, 'request.rate_limited');
    assert.match(refused[0]!.headers['retry-after'] ?? '', /^\d+$/);
  });
});

describe('the product with a config of its own', () => {
  let dataDir = '';
  before(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'pinhole-test-'));
  });
  after(() => rmSync(dataDir, { recursive: true, force: true }));

  const start = (text: string, edge: EdgeDouble): Promise<Running> => {
    const file = join(dataDir, 'pinhole.yaml');
    writeFileSync(file, `externalIp: 203.0.113.10\ndataDir: ${dataDir}\n${text}`);
    return up({ config: loadConfig({ env: {}, file }).config, log: quiet, startEdge: edge.start });
  };

  it('has no demo page and no token for everybody', async () => {
    const running = await start('metrics: { port: 0 }\n', new EdgeDouble());
    const port = portOf(running.server);
    const answers = await Promise.all(
      ['/', '/demo/', '/demo/config.json', '/demo/ca.pem'].map((path) => ask(port, path)),
    );
    await running.close();
    assert.equal(running.demoPage, undefined);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [404, 404, 404, 404],
    );
  });

  it("tells browsers to stay on HTTPS with the operator's certificate", async () => {
    const { developmentCertificate } = await import('./tls/development-certificates.ts');
    await developmentCertificate({ dataDir, names: ['127.0.0.1'], now: new Date() });
    const files = `tls: { cert: ${dataDir}/dev-server.pem, key: ${dataDir}/dev-server-key.pem }`;
    const running = await start(`metrics: { port: 0 }\n${files}\n`, new EdgeDouble('https'));
    const answer = await rawGet(portOf(running.server));
    await running.close();
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.match(answer, /strict-transport-security: max-age=15552000\r\n/i);
    assert.equal(running.authorityPath, undefined);
  });

  it('closes the edge again where the metrics port is taken', async () => {
    const other = createHttpServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const edge = new EdgeDouble();
    await assert.rejects(start(`metrics: { port: ${port} }\n`, edge), { code: 'EADDRINUSE' });
    await new Promise((resolve) => other.close(resolve));
    assert.ok(edge.isClosed);
  });
});

/** The status of a request that is written by hand: without a body, and without a word about its length. */
async function rawStatus(port: number, head: string): Promise<number> {
  const socket = connectTcp(port, '127.0.0.1');
  socket.write(`${head}\r\nConnection: close\r\n\r\n`);
  const text = (await socket.setEncoding('utf8').toArray()).join('');
  return Number(text.split(' ')[1]);
}

/** A TLS request that trusts anybody: what is looked at is a header. */
async function rawGet(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      socket.write('GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
    });
    socket.setEncoding('utf8').on('data', (data: string) => {
      text += data;
    });
    socket.on('end', () => resolve(text)).on('error', reject);
  });
}
