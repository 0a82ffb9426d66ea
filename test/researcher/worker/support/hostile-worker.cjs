// Stands for researcher/analyzer/worker.ts: what its thread does with a clip is in the name of the clip's file.
const { parentPort } = require('node:worker_threads');
const { basename } = require('node:path');

const media = {
  format: 'WAV',
  hash: 'a'.repeat(64),
  bytes: 1,
  sampleRate: 8000,
  samples: 8000,
  durationNs: 1e9,
  brokenShare: 0,
};
const found = { plays: [], possible: [], distinctiveness: 500, distinctive: true, threshold: 0.4 };

parentPort.on('message', (task) => {
  if (task.kind === 'episode') return;
  if (task.kind !== 'find-clip') {
    if (basename(task.path) === 'never.mp3') for (;;);
    parentPort.postMessage({ kind: 'episode', opened: { media, features: {} } });
    return;
  }
  const memory = [];
  switch (basename(task.path)) {
    case 'never.mp3':
      for (;;);
    case 'memory.mp3':
      for (;;) memory.push(new Array(1_000).fill(memory.length).map(String));
    case 'throws.mp3':
      throw new TypeError('as asked');
    case 'exits.mp3':
      process.exit(3);
      break;
    default:
      parentPort.postMessage({ kind: 'clip', clip: { media, found } });
  }
});
