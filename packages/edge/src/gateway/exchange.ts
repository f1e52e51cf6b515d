import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import type { Millis } from '@pinhole/protocol';
import type { Place } from './prefixing.ts';
import { upstreamRequestHeaders } from './request-headers.ts';
import { clientResponseHeaders } from './response-headers.ts';
import { UpstreamFailure } from './upstream-failure.ts';
import { openUpstreamRequest } from './upstream-request.ts';

export interface ExchangeOptions {
  readonly place: Place;
  readonly connectTimeout: Millis;
  readonly idleTimeout: Millis;
  readonly ca: string | undefined;
}

/** Carries one request to the upstream and its answer back, both as they come. `failed` is called at most once. */
export function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  options: ExchangeOptions,
  failed: (failure: UpstreamFailure) => void,
): void {
  const { place } = options;
  const headers = upstreamRequestHeaders(request, place);
  const upstreamRequest = openUpstreamRequest({
    ...options,
    upstream: place.upstream,
    method: request.method ?? 'GET',
    path: place.path,
    headers,
  });
  let isClientGone = false;
  upstreamRequest.on('error', (error) => {
    if (!isClientGone) failed(UpstreamFailure.from(error));
  });
  upstreamRequest.once('response', (answer) => {
    const answerHeaders = clientResponseHeaders(answer, place);
    if (!(answerHeaders instanceof UpstreamFailure)) return relayAnswer(answer, answerHeaders, response);
    upstreamRequest.destroy();
    failed(answerHeaders);
  });
  // Nobody asked for one. Node would end the connection and say nothing.
  upstreamRequest.once('upgrade', (_answer, socket) => {
    socket.destroy();
    failed(UpstreamFailure.badUpgrade());
  });
  response.once('close', () => {
    isClientGone = true;
    upstreamRequest.destroy();
  });
  // No pipeline: where the upstream fails, it would end the client's connection before the answer that says so.
  request.pipe(upstreamRequest);
}

/** Passes an answer of the upstream on as it comes. Its reason phrase stays behind: nobody may rely on one. */
export function relayAnswer(answer: IncomingMessage, headers: string[], response: ServerResponse): void {
  response.writeHead(answer.statusCode ?? 502, headers);
  pipeline(answer, response, () => {});
}
