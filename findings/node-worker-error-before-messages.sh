#!/usr/bin/env bash
# Node.js 24.21.0 (the npm package "node"), worker_threads
# The guess: what a worker posted before it threw is received before its 'error' event, as it is before its 'exit' event, so
# that 'error' is the place to judge how far the worker had come.
# What is seen: 'error' may come first, and the messages posted before the exception after it; 'exit' always comes last.
# Exits 0 while, of 300 workers, at least one tells 'error' before its messages, and none its 'exit'.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"type":"module"}' > package.json
npm install --silent --no-audit --no-fund node@24.21.0
cat > seen.js <<'JS'
import { Worker } from 'node:worker_threads';
const worker = `const { parentPort } = require('node:worker_threads');
parentPort.on('message', () => {
  parentPort.postMessage('first');
  parentPort.postMessage('second');
  throw new Error('a bug');
});`;
const orders = new Map();
for (let i = 0; i < 300; i++) {
  const seen = [];
  const thread = new Worker(worker, { eval: true });
  for (const event of ['message', 'error', 'exit']) thread.on(event, (value) => seen.push(event === 'message' ? value : event));
  thread.postMessage('go');
  await new Promise((resolve) => thread.once('exit', () => setImmediate(resolve)));
  const order = seen.join(', ');
  orders.set(order, (orders.get(order) ?? 0) + 1);
}
console.log('node', process.version, Object.fromEntries(orders));
const seen = [...orders.keys()];
process.exit(seen.includes('error, first, second, exit') && seen.every((order) => order.endsWith(', exit')) ? 0 : 1);
JS
node_modules/node/bin/node seen.js
