import type { TransportChoice } from '@pinhole/client';
import type { DemoConfig } from '@pinhole/contract';
import { initialLocale, messagesFor, rememberLocale } from './language.ts';
import type { Messages } from './messages/en.ts';
import { type Model, newRun } from './model.ts';
import { byId, setText } from './page.ts';
import { createTestPicture, isCameraGranted, openCamera, type Source } from './picture.ts';
import { Runner } from './runner.ts';
import { showHelp } from './view-help.ts';
import { showPath } from './view-path.ts';
import { copySnippet, showReference } from './view-reference.ts';
import { showStatus } from './view-status.ts';

const sent = byId('sent', HTMLVideoElement);
const received = byId('received', HTMLVideoElement);
const copyButton = byId('copy', HTMLButtonElement);
const soundButton = byId('sound', HTMLButtonElement);

let locale = initialLocale();
let model: Model = { config: undefined, cameraProblem: undefined, run: newRun('auto', 'idle') };
let source: Source = createTestPicture();
let runner: Runner | undefined;

byId('language', HTMLButtonElement).addEventListener('click', () => {
  locale = locale === 'en' ? 'zh' : 'en';
  rememberLocale(locale);
  renderTexts();
});
byId('transport', HTMLFieldSetElement).addEventListener(
  'change',
  () => void call(chosen('transport') as TransportChoice),
);
byId('source', HTMLFieldSetElement).addEventListener('change', () => void useSource(chosen('source') === 'camera'));
copyButton.addEventListener('click', () => void copySnippet(copyButton, messagesFor(locale)));
soundButton.addEventListener('click', toggleSound);

renderTexts();
sent.srcObject = source.stream;
if (await isCameraGranted()) await useSource(true);
// A choice that was made while the camera opened has started its call already.
if (model.run.state === 'idle') await call(chosen('transport') as TransportChoice);

/** Ends the call that runs, and makes one over the chosen transport. */
async function call(choice: TransportChoice): Promise<void> {
  runner?.stop();
  runner = undefined;
  received.srcObject = null;
  change({ run: newRun(choice, 'starting') });
  const config = await readConfig();
  // Another choice may have been made while the config was on its way.
  if (config === undefined || model.run.choice !== choice || runner !== undefined) return;
  change({ config });
  runner = new Runner({ config, choice, stream: () => source.stream, received, onChange: (run) => change({ run }) });
  await runner.start();
}

/** A fresh one for every call, because its token lives for minutes only. */
async function readConfig(): Promise<DemoConfig | undefined> {
  const response = await fetch('/demo/config.json', { cache: 'no-store' }).catch(() => undefined);
  if (response?.ok) return (await response.json()) as DemoConfig;
  const status = response === undefined ? 'network' : String(response.status);
  change({ run: { ...model.run, state: 'failed', failure: { step: 'config', status } } });
  return undefined;
}

async function useSource(isCamera: boolean): Promise<void> {
  const next = isCamera ? await openCamera().catch(cameraFailed) : createTestPicture();
  if (next === undefined) return;
  const previous = source;
  source = next;
  sent.srcObject = next.stream;
  if (!received.muted) next.resumeSound();
  select('source', isCamera ? 'camera' : 'picture');
  change({ cameraProblem: undefined });
  await runner?.replaceStream(next.stream);
  previous.stop();
}

function cameraFailed(error: unknown): undefined {
  select('source', 'picture');
  change({ cameraProblem: error instanceof Error ? error.name : String(error) });
}

function toggleSound(): void {
  received.muted = !received.muted;
  if (!received.muted) source.resumeSound();
  renderSound(messagesFor(locale));
}

function change(part: Partial<Model>): void {
  model = { ...model, ...part };
  render();
}

function render(): void {
  const messages = messagesFor(locale);
  showStatus(model, messages);
  showPath(model, messages);
  showHelp(model, messages, locale);
  showReference(model.config, messages);
}

/** All texts of the page, after the language has changed. */
function renderTexts(): void {
  const messages = messagesFor(locale);
  document.documentElement.lang = locale === 'zh' ? 'zh-CN' : 'en';
  setText('language', messages.language);
  copyButton.textContent = messages.copy;
  renderSound(messages);
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]')) {
    const text = messages[element.dataset.text as keyof Messages];
    if (typeof text === 'string') element.textContent = text;
  }
  render();
}

function renderSound(messages: Messages): void {
  soundButton.textContent = received.muted ? messages.soundOn : messages.soundOff;
  soundButton.setAttribute('aria-pressed', String(!received.muted));
}

function chosen(name: string): string {
  return document.querySelector<HTMLInputElement>(`input[name="${name}"]:checked`)?.value ?? '';
}

function select(name: string, value: string): void {
  const input = document.querySelector<HTMLInputElement>(`input[name="${name}"][value="${value}"]`);
  if (input !== null) input.checked = true;
}
