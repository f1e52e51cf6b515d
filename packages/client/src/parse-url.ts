/** As `URL.parse()`, which browsers of 2023 do not have yet. */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
