import { join } from 'node:path';

/** The folder of the repository: where bin/, lib/, functions/ and cdk.json are. */
export const projectDir = join(import.meta.dirname, '..');

/** Everything local pretends to be in this region and account; the emulators accept any credentials. */
export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';
export const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;
