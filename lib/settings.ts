import type { ResearchSettings } from '../domain/research-settings.ts';
import { FIXED } from './fixed.ts';
import { readSettings } from './setting-values.ts';
import { brokenRelations } from './settings-relations.ts';
import { type SettingName, type Settings, settingsTable } from './settings-table.ts';

/** Names of all settings, as `-c name=value` and the local runner's `--set name=value` take them. */
export const settingNames = Object.keys(settingsTable) as readonly SettingName[];

/** One line a setting: name, default with its unit, reason. For help texts. */
export function describeSettings(): { name: SettingName; value: string; why: string }[] {
  return settingNames.map((name) => {
    const { why, unit } = { unit: '', ...settingsTable[name] };
    return { name, value: `${defaultSettings[name]} ${unit}`.trim(), why };
  });
}

/**
 * The settings that a context (or a list of `name=value`) asks for; what it does not name has its default or follows
 * from what it names. CDK's own context keys are ignored.
 *
 * @throws Error with one line for each unknown name, malformed value or broken relation, saying what to change.
 */
export function settingsFrom(context: Readonly<Record<string, string | undefined>>): Settings {
  const { values, problems } = readSettings(settingsTable, context);
  const settings = values as Settings;
  if (problems.length === 0) problems.push(...brokenRelations(settings));
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return settings;
}

export const defaultSettings: Settings = settingsFrom({});

/** The part of the settings that the functions get as RESEARCH_SETTINGS. */
export function researchSettings(settings: Settings): ResearchSettings {
  const { leaseDuration, silenceLimit, heartbeat, rest1, rest2, rest3, retryRest } = settings;
  const { strikeMemory, unknownRetry, reopenInterval, minimumWaiting, clipsPerItem } = settings;
  return {
    leaseDuration,
    silenceLimit,
    heartbeat,
    rest1,
    rest2,
    rest3,
    retryRest,
    strikeMemory,
    unknownRetry,
    reopenInterval,
    minimumWaiting,
    clipsPerItem,
  };
}

/** Visibility time of the curated queues, in seconds. */
export function curatedVisibility(settings: Settings): number {
  return FIXED.visibilityPerTimeout * settings.curationTimeout;
}
