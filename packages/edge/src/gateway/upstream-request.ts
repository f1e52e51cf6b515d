import { type ClientRequest, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Millis } from '@pinhole/protocol';
import type { Upstream } from './upstream.ts';
import { UpstreamFailure } from './upstream-failure.ts';

export interface UpstreamRequestOptions {
  readonly upstream: Upstream;
  readonly method: string;
  readonly path: string;
  /** Node's raw list, `Host` included. */
  readonly headers: readonly string[];
  readonly connectTimeout: Millis;
  /** How long the upstream may say nothing, before or during its answer. */
  readonly idleTimeout: Millis;
  /** PEM of authorities to trust instead of the system's. */
  readonly ca: string | undefined;
}

/**
 * Begins a request. Failures come as 'error', an UpstreamFailure for those that only we can know.
 *
 * Each request has a connection of its own: one that is shared could be brought out of step by one client to the harm
 * of the next, and one that was kept could be closed by the upstream at the moment of use.
 */
export function openUpstreamRequest(options: UpstreamRequestOptions): ClientRequest {
  const { upstream, connectTimeout, idleTimeout, ca } = options;
  const requestOptions: RequestOptions = {
    host: upstream.hostname,
    port: upstream.port,
    method: options.method,
    path: options.path,
    headers: [...options.headers],
    agent: false,
    lookup: upstream.lookup,
  };
  const request = upstream.isSecure ? httpsRequest({ ...requestOptions, ca }) : httpRequest(requestOptions);
  limitConnecting(request, upstream, connectTimeout);
  request.setTimeout(idleTimeout, () => request.destroy(UpstreamFailure.timeout()));
  return request;
}

/** From the name to the end of the TLS handshake. */
function limitConnecting(request: ClientRequest, { isSecure }: Upstream, connectTimeout: Millis): void {
  const timer = setTimeout(() => request.destroy(UpstreamFailure.timeout()), connectTimeout);
  const stop = (): void => clearTimeout(timer);
  request.once('close', stop);
  request.once('socket', (socket: Socket) => {
    socket.setNoDelay(true);
    socket.once(isSecure ? 'secureConnect' : 'connect', stop);
  });
}
