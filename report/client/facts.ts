import { counted, percent } from '../shared/format.ts';
import type { Plays, State } from '../shared/report-data.ts';
import { type Child, feedText, h, withShare } from './dom.ts';

/** How sure the analyzer was, as a number and as a length. @param score 0..1, negative when unknown */
export function scoreBar(score: number): HTMLElement {
  if (score < 0) return h('span', { class: 'unknown' }, '–');
  return withShare(h('span', { class: 'score' }, score.toFixed(2)), score);
}

/** The state of an entry with how far it is. */
export function stateBadge(state: State, done: number, of: number): HTMLElement {
  const words = state === 'in progress' ? percent(done, of) : state;
  return withShare(
    h('span', { class: `state state-${state.replaceAll(' ', '-')}` }, words),
    of === 0 ? 0 : state === 'complete' ? 1 : done / of,
  );
}

/** Names and values in pairs; empty values are left out. */
export function factList(facts: readonly (readonly [string, Child | readonly Child[]])[]): HTMLElement {
  const shown = facts.filter(([, value]) => value !== undefined && value !== false && value !== '');
  return h(
    'dl',
    { class: 'facts' },
    ...shown.map(([name, value]) =>
      h(
        'div',
        {},
        h('dt', {}, name),
        h('dd', {}, ...(Array.isArray(value) ? (value as readonly Child[]) : [value as Child])),
      ),
    ),
  );
}

/** Of a play: which part of the clip is heard where it is not all of it, and which clip fits the place better. */
export function noteOf(
  { heard = {}, rivalOf = {} }: Pick<Plays, 'heard' | 'rivalOf'>,
  play: number,
): HTMLElement | false {
  const [part, rival] = [heard[play], rivalOf[play]];
  if (part === undefined && rival === undefined) return false;
  const both = part !== undefined && rival !== undefined;
  return h(
    'span',
    { class: 'variant' },
    part,
    both && '; ',
    rival !== undefined && 'a rival of ',
    rival !== undefined && feedText(rival),
  );
}

/** `12 plays of 3 clips`. */
export const playsOf = (plays: number, others: number, noun: string, link: string): string =>
  `${counted(plays, 'play')} ${link} ${counted(others, noun)}`;
