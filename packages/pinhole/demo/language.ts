import { en, type Messages } from './messages/en.ts';
import { zh } from './messages/zh.ts';

export type Locale = 'en' | 'zh';

const CATALOGS: Readonly<Record<Locale, Messages>> = { en, zh };
const STORAGE_KEY = 'pinhole-language';

/** What the person chose before, else what the browser asks for. */
export function initialLocale(): Locale {
  const chosen = readChoice();
  if (chosen === 'en' || chosen === 'zh') return chosen;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export function rememberLocale(locale: Locale): void {
  try {
    localStorage.setItem(STORAGE_KEY, locale);
  } catch {
    // Storage may be switched off. The choice then lasts as long as the page.
  }
}

export function messagesFor(locale: Locale): Messages {
  return CATALOGS[locale];
}

/** Puts values where a text says `{name}`. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

function readChoice(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}
