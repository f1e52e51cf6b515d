import type { AllowlistRow } from '@pinhole/contract';
import { allowlistTable } from '@pinhole/control';
import type { Messages } from './messages/messages.ts';
import { trustCommand } from './tls/trust-command.ts';

/** What is worth saying once everything runs. */
export interface Ready {
  readonly seconds: number;
  /** Where apps reach Pinhole; `undefined` where no mux listener is configured. */
  readonly server: string | undefined;
  readonly demoPage: string | undefined;
  readonly datapath: string;
  readonly metrics: string;
  readonly allowlist: readonly AllowlistRow[];
  /** Where the development authority is; `undefined` where the operator brought a certificate. */
  readonly authorityPath: string | undefined;
  /** The app that the snippet is for. */
  readonly app: string | undefined;
}

/** The lines that a start prints: fewer than 15 for three allowlist rows. */
export function bannerLines(ready: Ready, messages: Messages): readonly string[] {
  const facts: [string, string][] = [];
  if (ready.demoPage !== undefined) facts.push([messages.demoPage, ready.demoPage]);
  facts.push([messages.server, ready.server ?? messages.noWeb]);
  facts.push([messages.datapath, ready.datapath], [messages.metrics, ready.metrics]);
  if (ready.authorityPath !== undefined)
    facts.push([messages.developmentAuthority, messages.trust(trustCommand(ready.authorityPath, process.platform))]);
  return [
    messages.ready(ready.seconds.toFixed(1)),
    ...facts.map(([name, value]) => `  ${name}: ${value}`),
    ...allowlistTable(ready.allowlist, messages.allowlist).map((line) => `  ${line}`),
    ...snippetLines(ready, messages),
  ];
}

function snippetLines({ server, app }: Ready, messages: Messages): readonly string[] {
  if (server === undefined || app === undefined) return [];
  return [
    messages.snippet,
    `  const { createProxy } = await import('${server}/sdk/pinhole.js');`,
    `  const proxy = createProxy({ server: '${server}', app: '${app}', token }); await proxy.start();`,
    '  const call = new RTCPeerConnection(proxy.rtcConfiguration);',
  ];
}
