import type { Attempt, Transport } from '@pinhole/client';
import type { DemoConfig } from '@pinhole/contract';
import { fill, type Locale } from './language.ts';
import type { Messages } from './messages/en.ts';
import { addressOfUrl, type Model } from './model.ts';
import { byId, make } from './page.ts';

/** Says in plain words what failed and what to do; also beside a call that got through another way. */
export function showHelp(model: Model, messages: Messages, locale: Locale): void {
  const { run } = model;
  const lines = [
    ...failureLines(model, messages, locale),
    ...run.tried.flatMap((attempt) => hint(attempt, model.config, messages)),
  ];
  if (model.cameraProblem !== undefined) {
    lines.push(make('li', {}, fill(messages.helpCamera, { reason: model.cameraProblem })));
  }
  const card = byId('help', HTMLElement);
  card.hidden = lines.length === 0;
  const hasFailed = run.state === 'failed';
  card.classList.toggle('help', hasFailed);
  card.replaceChildren(make('h2', {}, hasFailed ? messages.helpTitle : messages.noteTitle), make('ul', {}, ...lines));
}

function failureLines({ run }: Model, messages: Messages, locale: Locale): HTMLElement[] {
  const { failure } = run;
  if (failure === undefined) return [];
  if (failure.step === 'config') return [make('li', {}, fill(messages.helpConfig, { status: failure.status }))];
  if (failure.step === 'call') return [make('li', {}, fill(messages.helpCall, { seconds: failure.seconds }))];
  if (failure.step === 'lost') return [make('li', {}, messages.helpLost)];
  // Transports that failed have lines of their own, which say more.
  const hasHints = failure.error.code === 'start.all_transports_failed';
  return hasHints ? [] : [make('li', {}, `${failure.error.userMessage(locale)} (${failure.error.code})`)];
}

function hint(attempt: Attempt, config: DemoConfig | undefined, messages: Messages): HTMLElement[] {
  const { what, outcome, urls } = attempt;
  if (what === 'session' || outcome === 'works' || outcome === 'pending') return [];
  if (what === 'tls' && config?.ca && config.ca.trusted !== true) return [trustHint(config.ca, messages)];
  const text = { udp: messages.helpUdp, tcp: messages.helpTcp, tls: messages.helpTls }[what satisfies Transport];
  return [make('li', {}, fill(text, { address: urls.map(addressOfUrl).join(', ') }))];
}

function trustHint({ path, download }: NonNullable<DemoConfig['ca']>, messages: Messages): HTMLElement {
  const link = make('a', { href: download, download: 'pinhole-ca.pem' }, messages.helpCaDownload);
  const command = `certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n pinhole -i ${path}`;
  return make(
    'li',
    { 'data-hint': 'ca' },
    messages.helpCa,
    link,
    fill(messages.helpCaFile, { path }),
    make('code', {}, command),
  );
}
