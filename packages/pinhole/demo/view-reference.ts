import type { DemoConfig } from '@pinhole/contract';
import { fill } from './language.ts';
import type { Messages } from './messages/en.ts';
import { byId, make, setText } from './page.ts';

/** What the person takes along: the firewall's rows and the app's lines. */
export function showReference(config: DemoConfig | undefined, messages: Messages): void {
  setText('snippet', snippet(config?.app ?? 'demo'));
  if (config === undefined) return;
  setText('about', fill(messages.about, { datapath: config.datapath }));
  const rows = config.allowlist.map(({ protocol, ip, port, purpose }) =>
    make(
      'tr',
      {},
      make('td', {}, protocol.toUpperCase()),
      make('td', {}, ip),
      make('td', { class: 'number' }, String(port)),
      make('td', {}, messages.purposes[purpose]),
    ),
  );
  byId('allowlist', HTMLTableElement).tBodies[0]?.replaceChildren(...rows);
}

/** Copies the snippet, and says so for a moment. Without a clipboard, selects it for the person to copy. */
export async function copySnippet(button: HTMLButtonElement, messages: Messages): Promise<void> {
  const code = byId('snippet', HTMLElement);
  try {
    await navigator.clipboard.writeText(code.textContent ?? '');
    button.textContent = messages.copied;
    setTimeout(() => {
      button.textContent = messages.copy;
    }, 1500);
  } catch {
    getSelection()?.selectAllChildren(code);
  }
}

function snippet(app: string): string {
  const { origin } = location;
  return [
    `import { createProxy } from '${origin}/sdk/pinhole.js';`,
    `const server = '${origin}';`,
    '',
    `const proxy = createProxy({ server, app: '${app}', token });`,
    'await proxy.start();',
    'const call = new RTCPeerConnection(proxy.rtcConfiguration);',
  ].join('\n');
}
