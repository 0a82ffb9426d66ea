import { researchSettingsFromEnvironment } from '../../functions/runtime/environment.ts';
import { researchSettings, settingsFrom } from '../../lib/settings.ts';

const read = (context: Record<string, string>) => {
  const settings = researchSettings(settingsFrom(context));
  return { settings, read: researchSettingsFromEnvironment({ RESEARCH_SETTINGS: JSON.stringify(settings) }) };
};

test.each([
  ['the defaults', {}],
  ['the fewest clips', { clipsPerItem: '1' }],
  ['the most clips', { clipsPerItem: '5000' }],
  ['no rest', { rest1: '0', rest2: '0', rest3: '0', retryRest: '0', strikeMemory: '0', unknownRetry: '0' }],
])('SETTINGS-2: functions read the settings that a synth takes: %s', (_, context) => {
  const { settings, read: got } = read(context);
  expect(got).toEqual(settings);
});

test.each([
  [
    'retryRest',
    -1,
    'retryRest in the environment variable RESEARCH_SETTINGS must be a number of seconds, at least 0, but -1 came.',
  ],
  [
    'rest1',
    undefined,
    'rest1 in the environment variable RESEARCH_SETTINGS must be a number of seconds, at least 0, but undefined came.',
  ],
  [
    'clipsPerItem',
    5001,
    'clipsPerItem in the environment variable RESEARCH_SETTINGS must be a whole number, from 1 to 5000, but 5001 came.',
  ],
  [
    'minimumWaiting',
    1.5,
    'minimumWaiting in the environment variable RESEARCH_SETTINGS must be a whole number, at least 0, but 1.5 came.',
  ],
  [
    'heartbeat',
    '300',
    'heartbeat in the environment variable RESEARCH_SETTINGS must be a number of seconds, at least 0, but "300" came.',
  ],
])('SETTINGS-9: a wrong %s is named with its limits and what came: %p', (name, value, message) => {
  const settings = { ...read({}).settings, [name]: value };
  const given = () => researchSettingsFromEnvironment({ RESEARCH_SETTINGS: JSON.stringify(settings) });
  expect(given).toThrow(new Error(message));
});
