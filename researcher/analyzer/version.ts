/**
 * Goes into every result, and names the files of features that are kept. Raised whenever results change: what an older
 * version found can be told apart, and what it kept is never read again.
 */
export const ANALYZER = 'archivist-analyzer@10';
