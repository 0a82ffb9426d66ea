import { bundle } from '../lib/bundle.ts';

/** For the synth: bundles one function. Its arguments are the project's folder, the entry's path from there, and a folder. */
const [root = '', entry = '', folder = ''] = process.argv.slice(2);
await bundle(root, entry, folder);
