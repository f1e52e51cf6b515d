import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ERROR_MEANINGS, type ErrorCode, errorBody } from '@pinhole/contract';

/** Answers with `{ code, message, details? }`. Where the answer has begun already, breaks it off instead. */
export function answerError(
  response: ServerResponse,
  code: ErrorCode,
  details?: Readonly<Record<string, unknown>>,
): void {
  if (response.headersSent) return void response.destroy();
  const body = JSON.stringify(errorBody(code, details));
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    // The page that asked is of another origin, and its code must be able to read why this failed.
    'Access-Control-Allow-Origin': '*',
    'X-Content-Type-Options': 'nosniff',
    // What is left of a request that was refused is not worth reading.
    Connection: 'close',
  };
  response.writeHead(ERROR_MEANINGS[code].status, headers).end(body);
}

/** An ordinary answer to a request that asked for an upgrade: Node leaves its socket to us. The connection ends with it. */
export function responseOnSocket(request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => {
    response.detachSocket(socket);
    socket.end(() => socket.destroy());
  });
  return response;
}
