import type { Transport } from '@pinhole/client';
import { fill } from './language.ts';
import type { Messages } from './messages/en.ts';
import { addressOfUrl, currentTransport, type Model, portOf, type Run } from './model.ts';
import { setText } from './page.ts';

/** The headline, the figures, and the attributes of `<body>` by which style sheets and tests know the state. */
export function showStatus(model: Model, messages: Messages): void {
  const { run } = model;
  document.body.dataset.state = run.state;
  document.body.dataset.choice = run.choice;
  const transport = run.state === 'connected' ? run.figures?.transport : undefined;
  if (transport === undefined) delete document.body.dataset.transport;
  else document.body.dataset.transport = transport;
  showHeadline(run, messages);
  showFigures(run);
  setText('tls-label', `TLS ${portOf(model, 'tls')}`.trim());
}

function showHeadline(run: Run, messages: Messages): void {
  const transport = label(currentTransport(run));
  const address = run.figures?.url === undefined ? 'Pinhole' : addressOfUrl(run.figures.url);
  const [headline, subline] = {
    idle: ['Pinhole', ''],
    starting: [messages.starting, messages.startingText],
    connecting: [messages.connecting, messages.connectingText],
    connected: [messages.connected, `${messages.connectedText} ${run.decision ? messages.why[run.decision.why] : ''}`],
    interrupted: [messages.interrupted, messages.interruptedText],
    failed: [messages.failed, run.failure?.step === 'start' ? messages.failedText : ''],
  }[run.state];
  setText('headline', fill(headline ?? '', { transport }));
  setText('subline', fill(subline ?? '', { transport, address, transports: triedTransports(run) }));
}

function triedTransports({ tried, choice }: Run): string {
  const names = tried.flatMap(({ what }) => (what === 'session' ? [] : [what.toUpperCase()]));
  return names.length > 0 ? names.join(', ') : choice.toUpperCase();
}

function showFigures({ figures, firstPictureMillis, state }: Run): void {
  const isLive = state === 'connected' && figures !== undefined;
  const packets = (figures?.packetsLost ?? 0) + (figures?.packetsReceived ?? 0);
  const loss = packets === 0 ? undefined : ((figures?.packetsLost ?? 0) / packets) * 100;
  setText('figure-transport', isLive ? label(figures.transport) : '–');
  setText(
    'figure-rtt',
    show(isLive ? figures.roundTripMillis : undefined, (ms) => (ms < 1 ? '< 1 ms' : `${Math.round(ms)} ms`)),
  );
  setText('figure-bitrate', show(isLive ? figures.bitsPerSecond : undefined, bitrate));
  setText(
    'figure-loss',
    show(isLive ? loss : undefined, (percent) => `${percent.toFixed(percent > 0 ? 1 : 0)} %`),
  );
  setText(
    'figure-first-frame',
    show(firstPictureMillis, (ms) => `${Math.round(ms)} ms`),
  );
}

function label(transport: Transport | undefined): string {
  return transport?.toUpperCase() ?? '–';
}

function bitrate(bitsPerSecond: number): string {
  return bitsPerSecond >= 1e6
    ? `${(bitsPerSecond / 1e6).toFixed(2)} Mbit/s`
    : `${Math.round(bitsPerSecond / 1000)} kbit/s`;
}

function show(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? '–' : format(value);
}
