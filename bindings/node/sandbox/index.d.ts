/** Path of the `renumerate` command. */
export declare const command: string;
