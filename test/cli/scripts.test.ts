import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { numberFrom, scriptOptions } from '../../cli/script.ts';

const root = join(__dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const ours = Object.entries(scripts).filter(([, line]) => line.startsWith('node ') && !line.includes('archivist-cli'));

test.each(ours)('SCRIPT-1: %s takes its options where all scripts do, under its own name', (name, line) => {
  const source = readFileSync(join(root, line.split(' ')[1]!), 'utf8');
  expect(source).toContain(`name: '${name}'`);
  expect(source).toContain('scriptOptions');
});

/** What a script said, and the code that it ended with. */
function called(...flags: string[]) {
  let said = '';
  const write = (text: unknown) => {
    said += String(text);
    return true;
  };
  const streams = [
    jest.spyOn(process.stderr, 'write').mockImplementation(write),
    jest.spyOn(process.stdout, 'write').mockImplementation(write),
  ];
  const exit = jest.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code}`);
  });
  try {
    const options = scriptOptions<{ seed?: number }>(
      { name: 'lots', description: 'Draws lots.', examples: ['--seed 3'] },
      (command) => command.option('--seed <number>', 'which', numberFrom(1, 9)),
      ['node', 'lots.ts', ...flags],
    );
    return { options, said };
  } catch (error) {
    return { ended: (error as Error).message, said };
  } finally {
    for (const one of [...streams, exit]) one.mockRestore();
  }
}

test('SCRIPT-2: what is asked for is given', () => expect(called('--seed', '3').options).toEqual({ seed: 3 }));

test('SCRIPT-3: --help shows options and examples, and ends well', () => {
  const { ended, said } = called('--help');
  expect(ended).toBe('exit 0');
  expect(said).toContain('Draws lots.');
  expect(said).toContain('$ npm run lots -- --seed 3');
});

test.each([
  [['--sed', '3'], "unknown option '--sed'"],
  [['--seed', '0'], 'It must be a whole number from 1 to 9.'],
  [['--seed', '10'], 'It must be a whole number from 1 to 9.'],
  [['--seed', '1.5'], 'It must be a whole number from 1 to 9.'],
  [['--seed', ' '], 'It must be a whole number from 1 to 9.'],
  [['--seed'], 'argument missing'],
  [['more'], 'too many arguments'],
])('SCRIPT-4: %j gets a sentence and exit code 2', (flags, sentence) => {
  const { ended, said } = called(...flags);
  expect(ended).toBe('exit 2');
  expect(said).toContain(sentence);
  expect(said).toContain('npm run lots -- --help');
});
