import { feedsFrom } from '../../functions/feed-curator/feeds.ts';
import { feedsVariable } from '../../lib/feeds-variable.ts';
import {
  curatedVisibility,
  defaultSettings,
  describeSettings,
  researchSettings,
  settingNames,
  settingsFrom,
} from '../../lib/settings.ts';

/** Complains about exactly this context, with these words. */
const expectRefusal = (context: Record<string, string>, words: RegExp) =>
  expect(() => settingsFrom(context)).toThrow(words);

describe('defaults', () => {
  test('are those of the rules of research', () => {
    expect(researchSettings(defaultSettings)).toEqual({
      leaseDuration: 7200,
      silenceLimit: 900,
      heartbeat: 300,
      rest1: 900,
      rest2: 7200,
      rest3: 86_400,
      retryRest: 900,
      strikeMemory: 86_400,
      unknownRetry: 300,
      reopenInterval: 3600,
      minimumWaiting: 1,
      clipsPerItem: 5_000,
    });
  });

  test("follow from an empty context, and from one that holds only CDK's own keys", () => {
    expect(settingsFrom({})).toEqual(defaultSettings);
    expect(
      settingsFrom({ '@aws-cdk/core:x': 'true', 'aws:cdk:bundling-stacks': '', 'cli-telemetry': 'false' }),
    ).toEqual(defaultSettings);
  });

  test('have a reason each', () => {
    const described = describeSettings();
    expect(described.map(({ name }) => name)).toEqual(settingNames);
    for (const { why } of described) expect(why).toMatch(/^[A-Z].{20,}[.]$/);
    expect(described.find(({ name }) => name === 'heartbeat')?.value).toBe('300 seconds');
  });
});

describe('a value', () => {
  test('of the context replaces the default, and nothing else', () => {
    expect(settingsFrom({ silenceLimit: '1200' })).toEqual({ ...defaultSettings, silenceLimit: 1200 });
  });

  test.each(['', ' ', '7200s', '2h', '-1', '1.5', '1e3', 'NaN', 'true', 'undefined', '0x10', '9'.repeat(400)])(
    'that is no whole number is refused: %j',
    (given) =>
      expectRefusal(
        { leaseDuration: given },
        /^leaseDuration: expected a whole number \(seconds\) from 61 to 1209600, but got "/,
      ),
  );

  test.each([
    ['leaseDuration', 61, 1_209_600],
    ['rest1', 0, 2_592_000],
    ['minimumWaiting', 0, 1000],
    ['clipsPerItem', 1, 5_000],
    ['curationTimeout', 6, 900],
    ['batchingWindow', 0, 300],
    ['curationConcurrency', 2, 1000],
    ['curationMemory', 128, 10_240],
    ['curatedReceiveLimit', 1, 1000],
    ['failedShare', 1, 100],
  ] as const)('of %s is accepted from %d to %d, and refused beyond', (name, least, most) => {
    expect(settingsFrom({ [name]: String(least) })[name]).toBe(least);
    expect(settingsFrom({ [name]: String(most) })[name]).toBe(most);
    if (least > 0)
      expectRefusal(
        { [name]: String(least - 1) },
        new RegExp(`^${name}: .* from ${least} to ${most}, but got "${least - 1}"`),
      );
    expectRefusal(
      { [name]: String(most + 1) },
      new RegExp(`^${name}: .* from ${least} to ${most}, but got "${most + 1}"`),
    );
  });

  test.each([
    ['alarmEmail', 'me@example.org', 'not an address'],
    ['alarmEmail', '', 'a@b,c@d'],
    ['runbookUrl', 'https://example.org/runbook.md', 'https://example.org/runbook.md#dead-letters'],
    ['logLevel', 'DEBUG', 'debug'],
    ['testEvents', 'create', 'yes'],
    ['stackName', 'My-Archive2', '2nd'],
  ] as const)('of %s may be %j but not %j', (name, good, bad) => {
    expect(settingsFrom({ [name]: good })[name]).toBe(good);
    expectRefusal({ [name]: bad }, new RegExp(`^${name}: expected .*, but got ${JSON.stringify(bad)}`));
  });
});

describe('feeds', () => {
  test.each(['feeds', 'clipFeeds'] as const)('of %s that are no addresses are named', (name) => {
    const good = 'https://example.org/a.xml';
    expectRefusal(
      { [name]: `${good},http://[,${good}` },
      new RegExp(`^${name}: expected http or https addresses of feeds .*, but got "http://\\["\\.$`),
    );
    expectRefusal({ [name]: 'https://a:port/' }, /but got "https:\/\/a:port\/"\.$/);
  });

  test('that are accepted the function accepts', () => {
    const list = ['https://me:50%@example.org/a.xml?q="\\', 'http://ü.example/é', 'http://[::1]:8080'];
    expect(feedsFrom(feedsVariable(settingsFrom({ feeds: list.join(), clipFeeds: list[0]! })))).toEqual([
      ...list.map((url) => ({ kind: 'episodes', url })),
      { kind: 'clips', url: list[0] },
    ]);
  });

  test('may be as long together as the environment of a function allows, and not longer', () => {
    const address = (length: number) => `https://example.org/${'x'.repeat(length - 20)}`;
    // What is around two addresses in JSON, itself in JSON.
    const around = '"{\\"episodes\\":[\\"\\"],\\"clips\\":[\\"\\"]}"'.length;
    const clipFeeds = address(1_000);
    expect(settingsFrom({ feeds: address(3_072 - 1_000 - around), clipFeeds }).clipFeeds).toBe(clipFeeds);
    expectRefusal(
      { feeds: address(3_073 - 1_000 - around), clipFeeds },
      /^feeds and clipFeeds \(3073 bytes together, as Lambda counts them\) must be at most 3072.*: leave out or shorten addresses.*\.$/,
    );
  });
});

describe('an unknown name', () => {
  test.each([
    ['leasDuration', 'leaseDuration'],
    ['lease-duration', 'leaseDuration'],
    ['LEASEDURATION', 'leaseDuration'],
    ['alarmemail', 'alarmEmail'],
  ])('%s is refused with the name that was meant: %s', (given, meant) =>
    expectRefusal({ [given]: '100' }, new RegExp(`^${given}: no such setting; did you mean ${meant}\\?$`)),
  );

  test('that resembles nothing is refused with the list of names', () =>
    expectRefusal(
      { colour: 'blue' },
      /^colour: no such setting\. There are: leaseDuration, silenceLimit, (.*), testEvents\.$/,
    ));
});

test('All problems are told at once, one a line', () =>
  expectRefusal({ colour: 'blue', rest1: 'soon', leaseDuration: '60' }, /^colour: .*\nleaseDuration: .*\nrest1: .*$/));

describe('relations between numbers', () => {
  test.each([
    ['heartbeat is below a third of the silence limit', { silenceLimit: '60', heartbeat: '19' }],
    ['heartbeat is a third of the silence limit', { silenceLimit: '60', heartbeat: '20' }],
    ['retention is the least that SQS knows', { pendingRetention: '60' }],
    ['retention is a second below the lease', { pendingRetention: '7199' }],
    ['the lease is the shortest', { leaseDuration: '61' }],
    ['drained messages hide a second longer than the drain may run', { drainTimeout: '50', drainVisibility: '51' }],
    ['scheduled functions may run for 59 s', { assignTimeout: '59', drainTimeout: '59' }],
    ['unknown results come back 99 times', { unknownRetry: '5999', completedAgeLimit: '6000' }],
    ['the alarm comes when the retention ends', { pendingAgeLimit: '6960' }],
    ['feeds are asked every two minutes', { feedPeriod: '120' }],
    ['dead letters are kept as long as messages', { queueRetention: '100', deadLetterRetention: '100' }],
    [
      'a quick local run',
      {
        leaseDuration: '120',
        silenceLimit: '60',
        heartbeat: '20',
        rest1: '2',
        rest2: '3',
        rest3: '5',
        retryRest: '2',
        unknownRetry: '5',
        reopenInterval: '0',
      },
    ],
  ])('hold when %s', (_, context) => expect(() => settingsFrom(context)).not.toThrow());

  test.each([
    [
      'heartbeat is above a third of the silence limit',
      { silenceLimit: '60', heartbeat: '21' },
      /^heartbeat \(21 s\) must be at most a third of silenceLimit \(60 s\).*lower heartbeat to 20 or raise silenceLimit to 63\.$/,
    ],
    [
      'retention is below the least that SQS knows',
      { pendingRetention: '59' },
      /^pendingRetention: .* from 60 to 1209600, but got "59"/,
    ],
    [
      'retention is the lease',
      { pendingRetention: '7200' },
      /^pendingRetention \(7200 s\) must be below leaseDuration \(7200 s\).*lower pendingRetention to 7199 at most.*raise leaseDuration to 7201\.$/,
    ],
    ['the lease is shorter than a message can be kept', { leaseDuration: '60' }, /^leaseDuration: .* from 61 /],
    [
      'drained messages reappear while the drain runs',
      { drainTimeout: '50', drainVisibility: '50' },
      /^drainVisibility \(50 s\) must be above drainTimeout \(50 s\).*raise drainVisibility to 51/,
    ],
    [
      'assignment may run for a whole period',
      { assignTimeout: '60' },
      /^assignTimeout \(60 s\) must be below the period of the schedule \(60 s\).*lower assignTimeout to 59/,
    ],
    [
      'the drain may run for a whole period',
      { drainTimeout: '60' },
      /^drainTimeout \(60 s\) must be below the period.*lower drainTimeout to 59/,
    ],
    [
      'SQS gives unknown results up before their time',
      { unknownRetry: '6000' },
      /^unknownRetry \(6000 s\) must be below drainedReceiveLimit × drainVisibility \(100 × 60 s\).*raise drainedReceiveLimit to 101\.$/,
    ],
    [
      'results that wait on purpose raise the alarm',
      { completedAgeLimit: '300' },
      /^completedAgeLimit \(300 s\) must be above unknownRetry \(300 s\)/,
    ],
    [
      'the alarm would come after the message vanished',
      { pendingAgeLimit: '6961' },
      /^pendingAgeLimit \(6961 s\) must be at most pendingRetention \(6960 s\)/,
    ],
    [
      'dead letters vanish before they are looked at',
      { queueRetention: '101', deadLetterRetention: '100' },
      /^queueRetention \(101 s\) must be at most deadLetterRetention \(100 s\)/,
    ],
    [
      'feeds are asked every minute and a half',
      { feedPeriod: '90' },
      /^feedPeriod \(90 s\) must be whole minutes, .*: set it to 60 or 120\.$/,
    ],
    [
      'logs are kept for days that CloudWatch does not know',
      { logRetentionDays: '31' },
      /^logRetentionDays \(31\) must be .* 14, 30, 60/,
    ],
  ])('break when %s', (_, context, words) => expectRefusal(context, words));
});

describe('derived numbers', () => {
  test('The curated queues hide a batch for six times the timeout', () =>
    expect(curatedVisibility(settingsFrom({ curationTimeout: '10' }))).toBe(60));

  test.each([
    [61, 60],
    [300, 60],
    [301, 61],
    [7200, 6960],
  ])('With leases of %d s, work items are kept for %d s', (leaseDuration, retention) =>
    expect(settingsFrom({ leaseDuration: String(leaseDuration) }).pendingRetention).toBe(retention),
  );

  test('What is drained hides ten seconds longer than the drain may run', () =>
    expect(settingsFrom({ drainTimeout: '30' }).drainVisibility).toBe(40));

  test('Every lease that is allowed gives settings that fit together', () => {
    for (const leaseDuration of [61, 62, 119, 120, 121, 299, 300, 301, 900, 7200, 86_400, 1_209_600])
      expect(settingsFrom({ leaseDuration: String(leaseDuration) }).leaseDuration).toBe(leaseDuration);
  });
});
