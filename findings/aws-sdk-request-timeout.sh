#!/usr/bin/env bash
# @smithy/node-http-handler 4.14.2 (the HTTP client of the AWS SDK for JavaScript v3, here @aws-sdk/client-sqs 3.1169.0)
# The guess: a client that is made with `requestTimeout: 1000` gives a call up after a second.
# What is seen: the call goes on, with a warning on the console (a limit of 15 minutes for silent sockets is left); only
# `throwOnRequestTimeout: true` beside it makes it end, with a TimeoutError.
# Exits 0 while a silent server is waited for without that option and given up with it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"type":"module"}' > package.json
npm install --silent --no-audit --no-fund @aws-sdk/client-sqs@3.1169.0 @smithy/node-http-handler@4.14.2
cat > seen.js <<'JS'
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
const version = JSON.parse(readFileSync('node_modules/@smithy/node-http-handler/package.json')).version;
console.log('node-http-handler', version);
const server = createServer(() => {}).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const endpoint = `http://127.0.0.1:${server.address().port}`;
const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
const outcome = (requestHandler) => {
  const client = new SQSClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1, requestHandler });
  const call = client.send(new ListQueuesCommand({})).then(() => 'answered', ({ name }) => name);
  const patience = new Promise((resolve) => setTimeout(resolve, 5_000, 'still waiting after 5 s'));
  return Promise.race([call, patience]);
};
const alone = await outcome({ requestTimeout: 1_000 });
const thrown = await outcome({ requestTimeout: 1_000, throwOnRequestTimeout: true });
console.log('requestTimeout: 1000                             ->', alone);
console.log('requestTimeout: 1000, throwOnRequestTimeout: true ->', thrown);
process.exit(alone === 'still waiting after 5 s' && thrown === 'TimeoutError' ? 0 : 1);
JS
node seen.js
