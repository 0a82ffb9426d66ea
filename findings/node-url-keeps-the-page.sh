#!/usr/bin/env bash
# Node 24.21.0 (URL)
# The guess: what `new URL(text).href` gives is a string of its own, so one may keep it and let go of the page that the
# address was cut out of.
# What is seen: where parsing changes nothing, href is the very text that was given, and with it the whole page stays: 2,000
# addresses out of pages of 64 KiB keep more than 100 MB. The same with a host in capitals, which parsing changes, keep none.
# Exits 0 while both are so.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --allow-scripts=node node@24.21.0 >/dev/null 2>&1 || npm install --silent --no-audit --no-fund node@24.21.0
cat >try.mjs <<'JS'
const megabytesKeptBy = (host) => {
  const kept = [];
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  for (let number = 0; number < 2_000; number++) {
    const page = Buffer.from(`${' '.repeat(32_768)}https://${host}/${String(number).padStart(6, '0')}.mp3${' '.repeat(32_768)}`).toString();
    const at = page.indexOf('https');
    kept.push(new URL(page.slice(at, page.indexOf('.mp3') + 4)).href);
  }
  globalThis.gc();
  const megabytes = Math.round((process.memoryUsage().heapUsed - before) / 1e6);
  return kept.length === 2_000 ? megabytes : 0;
};
const unchanged = megabytesKeptBy('media.example');
const changed = megabytesKeptBy('MEDIA.example');
console.log(`Node ${process.version}: ${unchanged} MB kept by addresses that parsing leaves as they are, ${changed} MB by others`);
process.exit(unchanged > 100 && changed < 20 ? 0 : 1);
JS
./node_modules/.bin/node --expose-gc try.mjs
