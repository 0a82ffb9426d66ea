/** The guard in a process of its own. Arguments: host and port of the database. Prints where it is. */
import { startDatabaseGuard } from '../../local/guard/database-guard.ts';

const [host = '', port = ''] = process.argv.slice(2);
const { endpoint } = await startDatabaseGuard(0, { host, port: Number(port) });
process.stdout.write(`${endpoint}\n`);
process.once('disconnect', () => process.exit(0));
