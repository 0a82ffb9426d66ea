import { parseArgs } from 'node:util';
import { type LocalArchiveOptions, startLocalArchive } from './archive.ts';
import { askedToEnd } from './processes/asked-to-end.ts';

const USAGE =
  'Usage: --data DIR [--period SECONDS] [--set name=value …] [--hold] [--dynamodb dynoxide|java] [--allow-private] [--assembly DIR] [--sqs-endpoint URL] [--dynamodb-endpoint URL]';

/** The command line cannot be understood. */
class BadUsage extends Error {}

/**
 * Runs a local archive until SIGINT or SIGTERM, until the npm that runs it ends, or until its disk is full.
 * @param args as USAGE says.
 * @returns the exit code: 0 when it was ended, 1 when it could not start or go on, 2 for bad usage.
 */
export async function runArchive(args: readonly string[], log: (line: string) => void): Promise<number> {
  const asked = askedToEnd();
  try {
    const archive = await startLocalArchive({ ...optionsIn(args), log });
    log(
      `Ready. Functions are invoked at ${archive.stack.lambda.endpoint}; stack.json in the data folder has the rest.`,
    );
    const trouble = await Promise.race([asked, archive.trouble]);
    log(trouble ?? 'Stopping.');
    await archive.stop();
    return trouble === undefined ? 0 : 1;
  } catch (error) {
    log((error as Error).message);
    return error instanceof BadUsage ? 2 : 1;
  }
}

function optionsIn(args: readonly string[]): Omit<LocalArchiveOptions, 'log'> {
  const values = parsed(args);
  if (!values.data) throw new BadUsage(`--data is missing. ${USAGE}`);
  const kind = values.dynamodb;
  if (kind !== undefined && kind !== 'dynoxide' && kind !== 'java')
    throw new BadUsage(`--dynamodb must be dynoxide or java, not "${kind}".`);
  const periodSeconds = values.period === undefined ? undefined : Number(values.period);
  if (periodSeconds !== undefined && !(periodSeconds >= 0.1 && periodSeconds <= 86_400))
    throw new BadUsage(`--period must be a number of seconds from 0.1 to 86400, not "${values.period}".`);
  return {
    dataDir: values.data,
    settings: Object.fromEntries((values.set ?? []).map(setting)),
    holdSchedules: values.hold ?? false,
    allowPrivateAddresses: values['allow-private'] ?? false,
    ...(periodSeconds !== undefined && { periodSeconds }),
    ...(kind && { dynamoDb: kind }),
    ...(values.assembly && { assembly: values.assembly }),
    endpoints: {
      ...(values['sqs-endpoint'] && { sqs: values['sqs-endpoint'] }),
      ...(values['dynamodb-endpoint'] && { dynamodb: values['dynamodb-endpoint'] }),
    },
  };
}

function parsed(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({
      args: [...args],
      options: {
        data: text,
        period: text,
        set: { type: 'string', multiple: true },
        hold: { type: 'boolean' },
        'allow-private': { type: 'boolean' },
        dynamodb: text,
        assembly: text,
        'sqs-endpoint': text,
        'dynamodb-endpoint': text,
      },
    }).values;
  } catch (error) {
    throw new BadUsage(`${(error as Error).message} ${USAGE}`);
  }
}

function setting(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new BadUsage(`--set takes name=value, not "${text}".`);
  return [text.slice(0, at), text.slice(at + 1)];
}
