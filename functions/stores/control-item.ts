import { Bitset } from '../../domain/bitset.ts';
import { type Control, NO_CONTROL, type Pace } from '../../domain/control.ts';
import type { Item } from './dynamo.ts';
import { amount, bytes, list, map, optional, ordinal } from './stored-value.ts';

/** The control item but for its key. Its `opened` is the reopening, in the words of the stored format. */
export function controlItem({ reopening, tried, ...control }: Control): Item {
  return {
    ...control,
    opened: { members: reopening.assignableVersion, at: reopening.at },
    ...(tried && { tried: { clips: tried.clips.packed(), asOf: tried.asOf } }),
  };
}

/** @throws Error saying which attribute is not as it was written: a time that is none would end leases, or never end one */
export function controlOf(item: Item): Control {
  const opened = optional(map, item, 'opened');
  const pace = optional(list, item, 'pace');
  const tried = optional(map, item, 'tried');
  const besideUntil = optional(amount, item, 'besideUntil');
  return {
    version: ordinal(item, 'version'),
    drainedUntil: optional(amount, item, 'drainedUntil') ?? NO_CONTROL.drainedUntil,
    drains: drainsOf(optional(map, item, 'drains') ?? NO_CONTROL.drains),
    ...(besideUntil !== undefined && { besideUntil }),
    reopening:
      opened === undefined
        ? NO_CONTROL.reopening
        : { assignableVersion: amount(opened, 'members'), at: amount(opened, 'at') },
    workItems: optional(amount, item, 'workItems') ?? NO_CONTROL.workItems,
    backlogSince: optional(amount, item, 'backlogSince') ?? NO_CONTROL.backlogSince,
    ...(typeof item.paused === 'boolean' && { paused: item.paused }),
    ...(pace && { pace: pace.map((one): Pace => ({ at: amount(one, 'at'), pairs: amount(one, 'pairs') })) }),
    ...(tried && { tried: { clips: Bitset.unpacked(bytes(tried, 'clips')), asOf: amount(tried, 'asOf') } }),
  };
}

function drainsOf(stored: Readonly<Record<string, unknown>>): Record<string, number> {
  return Object.fromEntries(Object.keys(stored).map((run) => [run, amount(stored, run)]));
}
