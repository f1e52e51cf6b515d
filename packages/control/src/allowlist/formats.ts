import type { AllowlistPurpose, AllowlistRow } from '@pinhole/contract';

/** The words of a table, in the reader's language. */
export interface AllowlistWords {
  readonly protocol: string;
  readonly ip: string;
  readonly port: string;
  readonly purpose: string;
  readonly purposes: Readonly<Record<AllowlistPurpose, string>>;
}

/** The rows under headings, in columns; one text per line. */
export function allowlistTable(rows: readonly AllowlistRow[], words: AllowlistWords): readonly string[] {
  const head = [words.protocol, words.ip, words.port, words.purpose];
  const cells = rows.map(({ protocol, ip, port, purpose }) => [
    protocol.toUpperCase(),
    ip,
    String(port),
    words.purposes[purpose],
  ]);
  const table = [head, ...cells];
  const widths = head.map((_, column) => Math.max(...table.map((line) => displayWidth(line[column] ?? ''))));
  return table.map((line) =>
    line
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** RFC 4180, with a header line. No cell holds a comma or a quote. */
export function allowlistCsv(rows: readonly AllowlistRow[]): readonly string[] {
  return [
    'protocol,ip,port,purpose',
    ...rows.map(({ protocol, ip, port, purpose }) => [protocol, ip, port, purpose].join()),
  ];
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** Terminals give Chinese characters two columns. */
function displayWidth(text: string): number {
  return [...text].reduce((width, character) => width + (/[\u1100-\u115f\u2e80-\uffdc]/.test(character) ? 2 : 1), 0);
}
