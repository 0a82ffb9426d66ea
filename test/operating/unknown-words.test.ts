import { notHeard, partHeard } from '../../operating/unknown-words.ts';

const unheard = (from: number, to: number, why = 'damaged') => ({ analyzer: '', unheard: [{ from, to, why }] });

test.each([
  ['12 s of 58 min (damaged)', unheard(0, 12e9), 3_480e9],
  ['0.4 s of 58 min (damaged)', unheard(0, 0.4e9), 3_480e9],
  ['20 min of 60 min (missing)', unheard(2_400e9, 3_600e9, 'missing'), 2_400e9],
  ['12 s', unheard(0, 12e9, ''), 0],
])('WORDS-1: %s', (words, unknowns, durationNs) => {
  expect(notHeard({ unknowns, facts: { hash: '', durationNs } })).toBe(words);
});

test('WORDS-2: nothing is said of what was heard in full', () => {
  expect(notHeard({ unknowns: { analyzer: 'a@1' } })).toBeUndefined();
});

test.each([
  [undefined, 0, 5e9, 5e9],
  [undefined, 0.1e9, 4.9e9, 5e9],
  ['0.0–2.5 s of it', 0, 2.5e9, 5e9],
  ['1.0–5.0 s of it', 1e9, 5e9, 5e9],
  ['1.0–5.0 s of it', 1e9, 5e9, 0],
  [undefined, 0, 5e9, 0],
])('WORDS-3: %s is what is told of the part', (words, from, to, clipNs) => {
  expect(partHeard({ heardFromNs: [0, from], heardToNs: [0, to] }, 1, clipNs)).toBe(words);
  expect(partHeard({}, 1, clipNs)).toBeUndefined();
});
