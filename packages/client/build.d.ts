/** Bundles the SDK for browsers: one ESM file with its source map beside it. Returns its path. */
export declare function buildClient(outfile?: string): Promise<string>;
//# sourceMappingURL=build.d.ts.map
