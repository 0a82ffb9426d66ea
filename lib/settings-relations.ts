import { feedsVariable } from './feeds-variable.ts';
import type { Settings } from './settings-table.ts';

/** What must hold between settings, whatever each of them is. */
const relations: { holds(s: Settings): boolean; says(s: Settings): string }[] = [
  {
    holds: (s) => s.heartbeat * 3 <= s.silenceLimit,
    says: (s) =>
      `heartbeat (${s.heartbeat} s) must be at most a third of silenceLimit (${s.silenceLimit} s), or a lost message ends a living lease: lower heartbeat to ${Math.floor(s.silenceLimit / 3)} or raise silenceLimit to ${s.heartbeat * 3}.`,
  },
  {
    holds: (s) => s.pendingRetention < s.leaseDuration,
    says: (s) =>
      `pendingRetention (${s.pendingRetention} s) must be below leaseDuration (${s.leaseDuration} s), or work items outlive their leases: lower pendingRetention to ${s.leaseDuration - 1} at most (leave it out, and it is derived) or raise leaseDuration to ${s.pendingRetention + 1}.`,
  },
  {
    holds: (s) => s.drainVisibility > s.drainTimeout,
    says: (s) =>
      `drainVisibility (${s.drainVisibility} s) must be above drainTimeout (${s.drainTimeout} s), or two runs record the same messages: raise drainVisibility to ${s.drainTimeout + 1} (leave it out, and it is derived) or lower drainTimeout.`,
  },
  ...(['assignTimeout', 'drainTimeout'] as const).map((name) => ({
    holds: (s: Settings) => s[name] < 60,
    says: (s: Settings) =>
      `${name} (${s[name]} s) must be below the period of the schedule (60 s), or every run overlaps the next: lower ${name} to 59 or less.`,
  })),
  {
    holds: (s) => s.researchers === 0 || s.pendingVisibility >= s.researcherTimeout,
    says: (s) =>
      `pendingVisibility (${s.pendingVisibility} s) must be at least researcherTimeout (${s.researcherTimeout} s) while researchers run on Lambda, or the deployment fails: raise it (leave it out, and it is derived) or lower researcherTimeout.`,
  },
  {
    holds: (s) => s.feedTimeout < s.feedPeriod || (s.feeds === '' && s.clipFeeds === ''),
    says: (s) =>
      `feedTimeout (${s.feedTimeout} s) must be below feedPeriod (${s.feedPeriod} s), or runs overlap: lower feedTimeout or raise feedPeriod.`,
  },
  {
    holds: (s) => s.feedPeriod % 60 === 0,
    says: (s) =>
      `feedPeriod (${s.feedPeriod} s) must be whole minutes, for EventBridge Scheduler counts in them: set it to ${Math.floor(s.feedPeriod / 60) * 60} or ${Math.ceil(s.feedPeriod / 60) * 60}.`,
  },
  {
    holds: (s) => feedsBytes(s) <= FEEDS_BYTES,
    says: (s) =>
      `feeds and clipFeeds (${feedsBytes(s)} bytes together, as Lambda counts them) must be at most ${FEEDS_BYTES}, or they do not fit into the environment of their function: leave out or shorten addresses, and curate the others from a machine of your own.`,
  },
  {
    holds: (s) => s.unknownRetry < s.drainedReceiveLimit * s.drainVisibility,
    says: (s) =>
      `unknownRetry (${s.unknownRetry} s) must be below drainedReceiveLimit × drainVisibility (${s.drainedReceiveLimit} × ${s.drainVisibility} s), or results of unknown clips are dead-lettered without their reason: lower unknownRetry or raise drainedReceiveLimit to ${Math.floor(s.unknownRetry / s.drainVisibility) + 1}.`,
  },
  {
    holds: (s) => s.unknownRetry < s.completedAgeLimit,
    says: (s) =>
      `completedAgeLimit (${s.completedAgeLimit} s) must be above unknownRetry (${s.unknownRetry} s), or results that wait on purpose raise the alarm: raise completedAgeLimit above ${s.unknownRetry} (leave it out, and it is derived).`,
  },
  {
    holds: (s) => s.pendingAgeLimit <= s.pendingRetention,
    says: (s) =>
      `pendingAgeLimit (${s.pendingAgeLimit} s) must be at most pendingRetention (${s.pendingRetention} s), or the alarm can never come: lower pendingAgeLimit to ${s.pendingRetention} at most (leave it out, and it is derived).`,
  },
  {
    holds: (s) => s.queueRetention <= s.deadLetterRetention,
    says: (s) =>
      `queueRetention (${s.queueRetention} s) must be at most deadLetterRetention (${s.deadLetterRetention} s): a dead letter keeps the age of its message and would vanish at once. Lower queueRetention or raise deadLetterRetention.`,
  },
  {
    holds: (s) => logRetentions.includes(s.logRetentionDays),
    says: (s) =>
      `logRetentionDays (${s.logRetentionDays}) must be a number of days that CloudWatch Logs knows: ${logRetentions.join(', ')}.`,
  },
];

/** All variables of a function may be 4 KiB as one JSON text; the names of queues, table and stack take up to a quarter. */
const FEEDS_BYTES = 3 * 1024;

const feedsBytes = (settings: Settings): number => Buffer.byteLength(JSON.stringify(feedsVariable(settings)));

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const logRetentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** One sentence for each relation that does not hold, saying what to change. */
export function brokenRelations(settings: Settings): string[] {
  return relations.filter((relation) => !relation.holds(settings)).map((relation) => relation.says(settings));
}
