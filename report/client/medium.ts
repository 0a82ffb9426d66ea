import { number, position } from '../shared/format.ts';
import type { Details } from '../shared/report-data.ts';
import { safeMedia } from '../shared/safe-media.ts';
import { feedText, h, sentence } from './dom.ts';
import { type Player, unplayable } from './player.ts';

/** To listen to an episode or a clip, and where its audio is. An address that no page may open is text. */
export function aboutMedium(player: Player, details: Details, kind: 'episode' | 'clip', start: number): HTMLElement {
  const media = safeMedia(details.mediaUri);
  const why = unplayable(media, details.mediaUri);
  const from = start > 0 ? ` from ${position(start)}` : '';
  const listen = () => player.play(details, start);
  return h(
    'p',
    { class: 'listen' },
    why === '' && h('button', { type: 'button', class: 'primary', onclick: listen }, `Play the ${kind}${from}`),
    media?.kind === 'web'
      ? h('a', { class: 'address', href: media.href, rel: 'noopener noreferrer external' }, feedText(details.mediaUri))
      : h('span', { class: 'address' }, feedText(details.mediaUri)),
    why !== '' && h('span', { class: 'why' }, ...sentence(why)),
  );
}

export const researchFact = ({ researched, of }: Details, noun: string): HTMLElement =>
  h('span', { class: 'aside' }, `with ${number(researched)} of ${number(of)} ${noun}${of === 1 ? '' : 's'}`);

/** What its curator says about it. */
export function descriptionOf({ description, curator }: Details): HTMLElement[] {
  if (description === '' && curator === '') return [];
  return [
    h(
      'section',
      { class: 'description' },
      h('h2', {}, 'About'),
      description !== '' && h('p', { class: 'words', dir: 'auto' }, description),
      curator !== '' && h('p', { class: 'note' }, 'Curated by ', feedText(curator)),
    ),
  ];
}
