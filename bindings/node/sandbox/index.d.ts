/** The path of the `renumerate` command. */
export declare const command: string;
