/** The file client/src/api.generated.ts as it should be. */
export declare const clientTypes: () => Promise<string>
