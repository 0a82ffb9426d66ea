import { join } from 'node:path';

/** Where bin/, lib/, functions/ and cdk.json are: the folder of the repository, or dist/ of the installed command. */
export const projectDir = join(import.meta.dirname, '..');

/** Whether this is the compiled command; in the project's own folder it is run from its sources. */
export const isBuilt = import.meta.filename.endsWith('.js');

/** A source file as a program of its own: its compiled form where there is only that. @param path from the project's folder */
export const programFile = (path: string): string => join(projectDir, isBuilt ? path.replace(/\.ts$/, '.js') : path);

/** Everything local pretends to be in this region and account; the emulators accept any credentials. */
export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';
export const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;
