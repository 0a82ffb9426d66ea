import { dynamoDb, sqs, sqsWithoutRetries } from '../../functions/runtime/clients.ts';

process.env.AWS_REGION = 'us-east-1';

test.each([
  ['dynamoDb', dynamoDb],
  ['sqs', sqs],
  ['sqsWithoutRetries', sqsWithoutRetries],
])('the client %s spends no time on a log that nobody reads', (_name, made) => {
  const client = made();
  const steps = client.middlewareStack.identify();
  expect(steps.length).toBeGreaterThan(5);
  expect(steps.filter((step) => step.startsWith('loggerMiddleware'))).toEqual([]);
  client.destroy();
});
