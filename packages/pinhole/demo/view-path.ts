import type { Attempt, Transport } from '@pinhole/client';
import type { Messages } from './messages/en.ts';
import { addressOfUrl, attemptOf, type Model, portOf, type Run } from './model.ts';
import { byId, make, setText } from './page.ts';

const TRANSPORTS: readonly Transport[] = ['udp', 'tcp', 'tls'];

/** The picture of the path with the route that is live, and the list of what was tried. */
export function showPath(model: Model, messages: Messages): void {
  const { run } = model;
  byId('lanes', HTMLOListElement).replaceChildren(...TRANSPORTS.map((transport) => lane(model, transport, messages)));
  const relay = byId('relay-line', HTMLDivElement).firstElementChild;
  relay?.setAttribute('data-route', run.state === 'connected' ? 'live' : 'idle');
  setText('path-address', model.config?.allowlist[0]?.ip ?? '');
  showTried(run, messages);
}

function lane(model: Model, transport: Transport, messages: Messages): HTMLElement {
  const attempt = attemptOf(model.run, transport);
  const name = make('span', {}, `${transport.toUpperCase()} :${portOf(model, transport)}`);
  const outcome = make('span', {}, attempt === undefined ? '' : messages.outcomes[attempt.outcome]);
  return make(
    'li',
    { class: 'lane', 'data-lane': transport, 'data-route': routeState(model.run, transport) },
    make('span', { class: 'lane-label' }, name, outcome),
    make('span', { class: 'line' }),
  );
}

function routeState(run: Run, transport: Transport): string {
  if (run.state === 'connected' && run.figures?.transport === transport) return 'live';
  const outcome = attemptOf(run, transport)?.outcome;
  if (outcome === undefined) return 'idle';
  if (outcome === 'works') return 'works';
  return outcome === 'pending' ? 'trying' : 'failed';
}

function showTried({ tried }: Run, messages: Messages): void {
  const table = byId('tried', HTMLTableElement);
  table.hidden = tried.length === 0;
  table.tBodies[0]?.replaceChildren(...tried.map((attempt) => triedRow(attempt, messages)));
}

function triedRow({ what, urls, outcome, ms, code, text }: Attempt, messages: Messages): HTMLElement {
  const name = what === 'session' ? messages.triedSession : what.toUpperCase();
  const said = outcome === 'works' ? [] : [code, text].filter((part) => part !== undefined);
  const outcomeText = messages.outcomes[outcome] + (said.length === 0 ? '' : ` (${said.join(' ')})`);
  const tone = outcome === 'works' ? 'works' : outcome === 'pending' ? 'pending' : 'failed';
  return make(
    'tr',
    { 'data-tried': what, 'data-outcome': outcome },
    make('td', {}, name),
    make('td', {}, urls.map(addressOf).join(', ')),
    make('td', { class: tone }, outcomeText),
    make('td', { class: 'number' }, `${Math.round(ms)} ms`),
  );
}

function addressOf(url: string): string {
  return url.startsWith('http') ? new URL(url).host : addressOfUrl(url);
}
