/**
 * A researcher that gets stuck at the second clip, or after so many, to be killed. Arguments: endpoint, both queue URLs, data
 * folder, how many.
 */
import { SQSClient } from '@aws-sdk/client-sqs';
import { runResearcher } from '../../../../researcher/worker/run-researcher.ts';
import { negative, never, scripted } from './scripted-analysis.ts';

const [endpoint, pendingQueueUrl, completedQueueUrl, dataDir, after = '1'] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string?,
];
await runResearcher({
  sqs: new SQSClient({
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  }),
  ...{ pendingQueueUrl, completedQueueUrl, dataDir, workers: 1, workerFile: '', allowFiles: true },
  name: 'killed-researcher',
  signal: new AbortController().signal,
  analysis: scripted((index) => (index < Number(after) ? negative : never())),
  onEvent: (event) => {
    if (event.kind === 'pair') process.stdout.write('stuck\n');
  },
});
