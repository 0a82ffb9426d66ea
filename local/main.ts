/** A local archive in a process of its own: node local/main.ts --data DIR … */
import { runArchive } from './run-archive.ts';

process.exit(await runArchive(process.argv.slice(2), (line) => console.error(line)));
