export type { Check, Outcome, Verdict } from './check.ts';
export { type CredentialSource, fromPassword, fromSecret } from './credential-source.ts';
export { CHECKS, LAST_ROW, ROWS_NOT_ASKED } from './rows.ts';
export { type RowResult, runSuite, type SuiteOptions } from './run-suite.ts';
export { formatLine, formatMarkdown, formatSummary, type Score } from './score-table.ts';
export type { Target } from './target.ts';
