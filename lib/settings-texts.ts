import { wrongAddress } from './feeds-variable.ts';
import type { TextSetting } from './setting-values.ts';

/** What is said in words, not numbers. */
export const texts = {
  stackName: {
    value: 'Archivist',
    pattern: /^[A-Za-z][A-Za-z0-9-]{0,99}$/,
    expected: 'a CloudFormation stack name: a letter, then letters, digits and hyphens, 100 in all at most',
    why: 'Several archives may live in one account.',
  },
  alarmEmail: {
    value: '',
    pattern: /^$|^[^\s@,]+@[^\s@,]+$/,
    expected: 'one e-mail address, or nothing',
    why: 'Where the alarms go; SNS asks that address to confirm.',
  },
  runbookUrl: {
    value: 'docs/runbook.md',
    pattern: /^[^\s#]{1,300}$/,
    expected: 'a URL or path without spaces and without #',
    why: 'Alarms link their section of it; name the page of your repository.',
  },
  logLevel: {
    value: 'INFO',
    pattern: /^(DEBUG|INFO|WARN|ERROR)$/,
    expected: 'DEBUG, INFO, WARN or ERROR',
    why: 'INFO is one line an outcome; DEBUG is for a look at single steps.',
  },
  feeds: {
    value: '',
    pattern: /^$|^https?:\/\/[^\s,]+(,https?:\/\/[^\s,]+)*$/,
    expected: 'http or https addresses of feeds with commas between, or nothing',
    wrongPart: wrongAddress,
    why: 'Episodes of these feeds are curated by the stack itself.',
  },
  clipFeeds: {
    value: '',
    pattern: /^$|^https?:\/\/[^\s,]+(,https?:\/\/[^\s,]+)*$/,
    expected: 'http or https addresses of feeds with commas between, or nothing',
    wrongPart: wrongAddress,
    why: 'The entries of these feeds are curated as clips.',
  },
  dashboard: {
    value: 'off',
    pattern: /^(on|off)$/,
    expected: 'on or off',
    why: 'All graphs on one page, $3 a month, more than an idle archive costs; the metrics are there either way.',
  },
  alarmTopic: {
    value: 'off',
    pattern: /^(on|off)$/,
    expected: 'on or off',
    why: 'A topic for receivers other than an e-mail address (which brings one anyway); the key that encrypts it costs $1 a month.',
  },
  alarms: {
    value: 'essential',
    pattern: /^(essential|all)$/,
    expected: 'essential (ten at most) or all',
    why: 'Each alarm costs by the metrics that it watches. The essential ones tell of whatever stops the archive; all say sooner which part it is.',
  },
  tracing: {
    value: 'off',
    pattern: /^(on|off)$/,
    expected: 'on or off',
    why: 'X-Ray samples every run of what runs once a minute: $0.44 a month. For a look at what makes runs slow.',
  },
  testEvents: {
    value: 'off',
    pattern: /^(off|use|create)$/,
    expected: 'off, use (the registry lambda-testevent-schemas exists) or create (make it)',
    why: 'An account has one registry of shareable test events; the console makes it with the first one.',
  },
} satisfies Record<string, TextSetting>;
