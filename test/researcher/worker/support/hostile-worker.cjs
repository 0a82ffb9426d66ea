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
  unheard: [],
  unheardShare: 0,
  brokenShare: 0,
};
const found = { plays: [], possible: [], distinctiveness: 500, distinctive: true, threshold: 0.4 };

parentPort.on('message', (task) => {
  if (task.kind === 'episode') return;
  if (task.kind !== 'find-clips') {
    if (task.kind === 'read-episode' || task.kind === 'keep-episode') parentPort.postMessage({ kind: 'done' });
    else if (task.kind === 'hash-episode') parentPort.postMessage({ kind: 'hash', hash: media.hash });
    else if (basename(task.path) === 'never.mp3') for (;;);
    else parentPort.postMessage({ kind: 'episode', opened: { media, features: {} } });
    return;
  }
  task.clips.forEach(({ path }, clip) => {
    const memory = [];
    parentPort.postMessage({ kind: 'at', clip });
    switch (basename(path)) {
      case 'never.mp3':
        for (;;);
      case 'memory.mp3':
        for (;;) memory.push(new Array(1_000).fill(memory.length).map(String));
      case 'throws.mp3':
        throw new TypeError('as asked');
      case 'exits.mp3':
        process.exit(3);
    }
    parentPort.postMessage({ kind: 'clip-found', clip, of: { media, found } });
  });
  parentPort.postMessage({ kind: 'done' });
});
