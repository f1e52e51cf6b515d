import { findPackageJSON } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AllowlistRow, Config, Log } from '@pinhole/contract';
import { type App, type Control, createAppDirectory, createControl, urlHost } from '@pinhole/control';
import type { Edge, startEdge } from '@pinhole/edge';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';
import { type ExternalIp, findExternalIp } from './network/external-ip.ts';
import { readCertificateFiles } from './tls/certificate-files.ts';
import { CertificateWatch } from './tls/certificate-watch.ts';
import type { CertifiedKey } from './tls/development-authority.ts';
import { developmentCertificate } from './tls/development-certificates.ts';
import { type MetricsServer, startMetricsServer } from './web/metrics-server.ts';
import { createWebHandler, type WebHandler } from './web/web-handler.ts';

export interface UpOptions {
  readonly config: Config;
  readonly log: Log;
  /** From `@pinhole/edge`; an argument so that a test can compose the product without packets. */
  readonly startEdge: typeof startEdge;
}

/** What ended a drain: the last allocation, or our patience. */
export type DrainEnd = 'empty' | 'maxWait';

/** The whole product, running in this process. */
export interface Running {
  readonly externalIp: string;
  /** `https://host:port` of the first mux listener. */
  readonly server: string | undefined;
  /** Where a browser on this machine opens the demo page without a certificate warning. */
  readonly demoPage: string | undefined;
  readonly datapath: string;
  readonly metrics: string;
  readonly allowlist: readonly AllowlistRow[];
  readonly authorityPath: string | undefined;
  /** Takes over what a reload may change (`withReloadable`); allocations live on. */
  reload(config: Config): Promise<void>;
  /** Takes no new allocations from now on; resolves when the last one has ended, or after that long. */
  drain(maxWaitSeconds: number): Promise<DrainEnd>;
  close(): Promise<void>;
}

/** Starts edge and control in one process. Where a part cannot start, those already started are closed again. */
export async function up({ config, log, startEdge }: UpOptions): Promise<Running> {
  const external = await findExternalIp(config.externalIp);
  reportExternalIp(external, log);
  const certificate = await serverCertificate(config, external.ip, log);
  // The edge accepts requests before control knows the ports that the system chose, so the handler comes later.
  let web: WebHandler = (_request, response) => void response.writeHead(503, { 'retry-after': '1' }).end();
  const { cert, key } = certificate;
  const edge = await startEdge({
    config,
    externalIp: external.ip,
    tls: { cert, key },
    web: (request, response) => web(request, response),
    log,
  });
  try {
    const control = startControl(config, { externalIp: external.ip, edge, log });
    web = webHandler(config, { control, edge, certificate, log });
    let isDraining = false;
    const metrics = await startMetricsServer({
      listen: config.metrics,
      metricsText: () => edge.metricsText(),
      notReady: () => {
        if (isDraining) return 'draining: no new allocations';
        return unixNow() > edge.certificateExpiresAt() ? 'the TLS certificate has expired' : undefined;
      },
    });
    const drain = (maxWaitSeconds: number): Promise<DrainEnd> => {
      isDraining = true;
      return within(edge.drain(), maxWaitSeconds);
    };
    const reload = async (next: Config): Promise<void> => {
      web = webHandler(next, {
        control: startControl(next, { externalIp: external.ip, edge, log }),
        edge,
        certificate,
        log,
      });
      await edge.reconfigure(next);
    };
    const watch = watchCertificate(config, { certificate, edge, log });
    return running(config, { external, certificate, edge, control, metrics, reload, drain, watch });
  } catch (error) {
    await edge.close();
    throw error;
  }
}

interface ServerCertificate extends CertifiedKey {
  readonly authorityPath?: string;
}

async function serverCertificate(config: Config, externalIp: string, log: Log): Promise<ServerCertificate> {
  const now = new Date();
  if (config.tls !== undefined) return readCertificateFiles(config.tls, now);
  const names = [...(config.host === undefined ? [] : [config.host]), externalIp, 'localhost', '127.0.0.1', '::1'];
  const certificate = await developmentCertificate({ dataDir: config.dataDir, names, now });
  if (certificate.made !== 'nothing') {
    log.warn('tls.development_certificate', { made: certificate.made, ca: certificate.authorityPath });
  }
  return certificate;
}

function reportExternalIp({ ip, source }: ExternalIp, log: Log): void {
  const hint = 'set externalIp to the address that clients use';
  if (source === 'loopback')
    log.warn('network.no_external_address', { ip, hint: `no other machine can connect; ${hint}` });
}

function startControl(
  config: Config,
  { externalIp, edge, log }: { externalIp: string; edge: Edge; log: Log },
): Control {
  const listening = edge.listening.map(({ transport, address }) => ({ transport, port: address.port }));
  return createControl({ config, externalIp, listening, now: unixNow, crypto: nodeCrypto, log });
}

/** The development certificate is ours and lasts longer than a development session. */
function watchCertificate(
  { tls: files }: Config,
  { certificate: current, edge, log }: Omit<WebParts, 'control'>,
): CertificateWatch | undefined {
  if (files === undefined) return undefined;
  return new CertificateWatch({ files, current, use: ({ cert, key }) => edge.setTls({ cert, key }), log });
}

interface WebParts {
  readonly control: Control;
  readonly edge: Edge;
  readonly certificate: ServerCertificate;
  readonly log: Log;
}

function webHandler(config: Config, { control, edge, certificate, log }: WebParts): WebHandler {
  const { authorityPath } = certificate;
  const app = demoApp(config);
  const demo =
    app === undefined
      ? undefined
      : {
          app,
          ...(authorityPath === undefined ? {} : { authorityPath }),
          datapath: edge.datapath,
          allowlist: control.allowlist,
          folder: fileURLToPath(new URL('../dist/demo/', import.meta.url)),
          clock: { unix: unixNow, monotonic: () => performance.now() },
        };
  return createWebHandler({
    control,
    sdkFolder: sdkFolder(),
    ...(demo === undefined ? {} : { demo }),
    strictTransport: config.tls !== undefined,
    log,
  });
}

/** Where the client package keeps its bundle for browsers. */
function sdkFolder(): string {
  const manifest = findPackageJSON('@pinhole/client', import.meta.url);
  if (manifest === undefined) throw new Error('the package @pinhole/client is not installed');
  return join(dirname(manifest), 'dist');
}

function demoApp(config: Config): App | undefined {
  return config.demo ? createAppDirectory(config).find('demo') : undefined;
}

interface Parts {
  readonly external: ExternalIp;
  readonly certificate: ServerCertificate;
  readonly edge: Edge;
  readonly control: Control;
  readonly metrics: MetricsServer;
  readonly reload: Running['reload'];
  readonly drain: Running['drain'];
  readonly watch: CertificateWatch | undefined;
}

function running(
  config: Config,
  { external, certificate, edge, control, metrics, reload, drain, watch }: Parts,
): Running {
  const mux = edge.listening.find(({ transport }) => transport === 'mux')?.address.port;
  const host = urlHost({ host: config.host ?? external.ip });
  const { authorityPath } = certificate;
  return {
    externalIp: external.ip,
    server: mux === undefined ? undefined : `https://${host}${mux === 443 ? '' : `:${mux}`}`,
    demoPage: mux === undefined || !config.demo ? undefined : `http://localhost:${mux}/`,
    datapath: edge.datapath,
    metrics: `http://${urlHost({ host: config.metrics.ip })}:${metrics.port}/metrics`,
    allowlist: control.allowlist.endpoints,
    authorityPath: authorityPath === undefined ? undefined : resolve(authorityPath),
    reload,
    drain,
    close: async () => {
      watch?.close();
      await Promise.all([edge.close(), metrics.close()]);
    },
  };
}

async function within(emptied: Promise<void>, seconds: number): Promise<DrainEnd> {
  const late = Promise.withResolvers<DrainEnd>();
  const timer = setTimeout(() => late.resolve('maxWait'), seconds * 1000);
  const end = await Promise.race([emptied.then((): DrainEnd => 'empty'), late.promise]);
  clearTimeout(timer);
  return end;
}

function unixNow(): number {
  return Math.floor(Date.now() / 1000);
}
