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
