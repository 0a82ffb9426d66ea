/** The child process of the SQS emulator. Arguments: port, data folder. */
import { startFauxqs } from 'fauxqs';
import { mendFauxqs } from './fauxqs-mends.ts';

const [port, dataDir] = process.argv.slice(2) as [string, string];
await mendFauxqs(Number(port));
const server = await startFauxqs({ port: Number(port), dataDir, logger: false });
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
