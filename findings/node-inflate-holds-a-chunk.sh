#!/usr/bin/env bash
# Node 24.21.0, node:zlib.
#
# The guess: what inflateSync and its like give of 1,250 bytes takes 1,250 bytes, so thousands of them may be kept.
# What is seen: it is a view of the chunk that zlib worked in, of 16 KB or more, and keeps all of it. Four thousand small
# results hold more than 60 MB; copies of them (new Uint8Array(result)) hold 5. A larger result than a chunk is copied
# together, and holds what it is long.
#
# Exits 0 only while that is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"type":"module"}' > package.json
npm install --silent --no-audit --no-fund node@24.21.0
cat >held.mjs <<'JS'
import { deflateRawSync, inflateRawSync } from 'node:zlib';

// All are kept, so that nothing is given back between the measurements.
const everything = [];
const held = (length, keep) => {
  const packed = deflateRawSync(Buffer.alloc(length, 255));
  const before = process.memoryUsage().arrayBuffers;
  const kept = Array.from({ length: 4000 }, () => keep(inflateRawSync(packed)));
  everything.push(kept);
  const bytes = (process.memoryUsage().arrayBuffers - before) / kept.length;
  return { length: kept[0].length, of: kept[0].buffer.byteLength, held: Math.round(bytes) };
};
const asGiven = held(1250, (result) => result);
const copied = held(1250, (result) => new Uint8Array(result));
const large = held(40_000, (result) => result);
console.log('node', process.version);
console.log('as given: ', JSON.stringify(asGiven));
console.log('copied:   ', JSON.stringify(copied));
console.log('of 40,000:', JSON.stringify(large));
process.exit(asGiven.held > 15_000 && copied.held < 4_000 && large.held < 60_000 ? 0 : 1);
JS
node_modules/node/bin/node held.mjs
