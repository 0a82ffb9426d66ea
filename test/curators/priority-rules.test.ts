import { type PriorityRule, priorityBy, priorityRules } from '../../curators/priority-rules.ts';

const INFO = {
  initialDateCurated: '',
  lastDateCurated: '',
  curatorInformation: '',
  title: 'The title',
  description: 'The description',
  mediaUri: 'file:///my%20folder/a.mp3',
  mediaType: '',
  priority: 3,
};

const by = (rules: PriorityRule[]) => priorityBy(rules, INFO);

test.each([/^The title$/, /^The desc/, /my%20folder/, /my folder/])(
  '%s is found in title, description or URI',
  (match) => {
    expect(by([{ match, priority: 1 }])).toBe(1);
  },
);

test('without a match the priority stays', () => {
  expect(by([{ match: /nothing/, priority: 1 }])).toBe(3);
  expect(by([])).toBe(3);
});

test('a global expression matches every time', () => {
  const rules = [{ match: /title/g, priority: 1 }];
  expect([by(rules), by(rules), by(rules)]).toEqual([1, 1, 1]);
});

test('pairs of the command line become rules without regard to case; a single priority is that of all', () => {
  expect(by(priorityRules(['7', '-1'], ['nothing', 'TITLE']))).toBe(-1);
  expect(by(priorityRules(['5'], []))).toBe(5);
  expect(priorityRules([], [])).toEqual([]);
});

test.each([
  [['5', '6'], ['x'], /go in pairs, but 2 priorities and 1 expressions came/],
  [[], ['x'], /go in pairs/],
  [['high'], ['x'], /whole number.*"high" came/],
  [['1.5'], ['x'], /whole number/],
  [['2147483648'], ['x'], /whole number/],
  [['-2147483649'], ['x'], /whole number/],
  [[''], ['x'], /whole number/],
  [['1'], ['('], /regular expression/],
])('%j with %j is refused', (priorities, matches, expected) => {
  expect(() => priorityRules(priorities, matches)).toThrow(expected);
});

test('the bounds of int32 are taken', () => {
  expect(priorityRules(['2147483647', '-2147483648'], ['a', 'b']).map(({ priority }) => priority)).toEqual([
    2147483647, -2147483648,
  ]);
});
