import { spawnSync } from 'node:child_process';
import { scriptOptions } from '../cli/script.ts';

scriptOptions({
  name: 'check',
  description: 'The one gate: types, lint and format, tests. Ends at the first that fails, with its exit code.',
  examples: [''],
});

for (const step of ['types', 'lint', 'test']) {
  const { status } = spawnSync('npm', ['run', '-s', step], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
