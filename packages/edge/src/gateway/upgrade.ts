import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { responseOnSocket } from './answer.ts';
import { type ExchangeOptions, relayAnswer } from './exchange.ts';
import { rawHeaderPairs } from './hop-by-hop.ts';
import { upstreamRequestHeaders } from './request-headers.ts';
import { clientResponseHeaders } from './response-headers.ts';
import { tunnel } from './tunnel.ts';
import { UpstreamFailure } from './upstream-failure.ts';
import { openUpstreamRequest } from './upstream-request.ts';
import { watchWaitingClient } from './waiting-client.ts';

export interface UpgradeOutcome {
  /** The upstream answered: 101, or what it said instead. */
  readonly answered: (statusCode: number) => void;
  readonly failed: (failure: UpstreamFailure) => void;
}

/**
 * Asks the upstream for a WebSocket and joins the two connections. After the 101 the bytes are piped and not looked at:
 * frames, extensions and compression are between the client and the upstream.
 *
 * The answer's head is read, though. A proxy that joins the two whatever the upstream says lets the client go on
 * talking HTTP to the upstream behind the gateway's back.
 */
export function upgrade(
  request: IncomingMessage,
  socket: Socket,
  options: ExchangeOptions,
  outcome: UpgradeOutcome,
): void {
  const { place } = options;
  const headers = [...upstreamRequestHeaders(request, place), 'Connection', 'Upgrade', 'Upgrade', 'websocket'];
  const upstreamRequest = openUpstreamRequest({
    ...options,
    upstream: place.upstream,
    method: 'GET',
    path: place.path,
    headers,
  });
  let isClientGone = false;
  const stopWatching = watchWaitingClient(socket, () => {
    isClientGone = true;
    upstreamRequest.destroy();
  });
  upstreamRequest.on('error', (error) => {
    stopWatching();
    if (!isClientGone) outcome.failed(UpstreamFailure.from(error));
  });
  upstreamRequest.once('response', (answer) => {
    stopWatching();
    const answerHeaders = clientResponseHeaders(answer, place);
    if (answerHeaders instanceof UpstreamFailure) {
      upstreamRequest.destroy();
      return outcome.failed(answerHeaders);
    }
    const response = responseOnSocket(request, socket);
    response.once('close', () => upstreamRequest.destroy());
    relayAnswer(answer, answerHeaders, response);
    outcome.answered(answer.statusCode ?? 0);
  });
  upstreamRequest.once('upgrade', (answer, upstreamSocket, upstreamHead) => {
    stopWatching();
    const answerHeaders = clientResponseHeaders(answer, place);
    if (!isWebSocket(answer) || answerHeaders instanceof UpstreamFailure) {
      upstreamSocket.destroy();
      return outcome.failed(UpstreamFailure.badUpgrade());
    }
    socket.write(switchingHead(answerHeaders), 'latin1');
    if (upstreamHead.length > 0) upstreamSocket.unshift(upstreamHead);
    tunnel(socket, upstreamSocket);
    outcome.answered(101);
  });
  upstreamRequest.end();
}

export function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

function switchingHead(headers: readonly string[]): string {
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket'];
  for (const [name, value] of rawHeaderPairs(headers)) lines.push(`${name}: ${value}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
