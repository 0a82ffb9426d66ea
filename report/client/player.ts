import { position } from '../shared/format.ts';
import { isLeftOut, type SafeMedia, safeMedia } from '../shared/safe-media.ts';
import { feedText, h, sentence } from './dom.ts';

/** Something that can be played. */
export interface Medium {
  readonly name: string;
  readonly mediaUri: string;
}

/** Why a medium cannot be played here; '' when it can, as far as one knows before one tries. */
export function unplayable(media: SafeMedia | undefined, mediaUri: string): string {
  if (isLeftOut(mediaUri)) return 'Its address is not in this report: one made with --with-addresses plays it.';
  if (media === undefined) return 'Its address is none that a page may open.';
  if (media.kind === 'file' && location.protocol !== 'file:')
    return 'It is a file of the machine that researched it: open the report there to listen.';
  return '';
}

/**
 * The one player of a page, at its foot. Nothing is loaded before somebody wants to listen: the host of the media would
 * learn who looks at the report.
 */
export class Player {
  private readonly audio = h('audio', { controls: true, preload: 'none', 'aria-label': 'Player' });
  private readonly title = h('p', { class: 'playing' });
  private readonly said = h('p', { class: 'player-said', role: 'status' });
  private readonly bar: HTMLElement;
  private medium: Medium | undefined;
  private readonly followers: ((medium: Medium, seconds: number) => void)[] = [];

  constructor() {
    const close = h('button', { type: 'button', class: 'quiet', onclick: () => this.close() }, 'Close');
    this.bar = h(
      'section',
      { class: 'player', 'aria-label': 'Player', hidden: true },
      this.title,
      this.audio,
      close,
      this.said,
    );
    document.body.append(this.bar);
    this.audio.addEventListener('error', () => this.failed());
    for (const event of ['timeupdate', 'seeking', 'pause']) this.audio.addEventListener(event, () => this.follow());
    this.audio.addEventListener('playing', () => this.said.replaceChildren());
  }

  /** Calls back while something plays. */
  onProgress(follower: (medium: Medium, seconds: number) => void): void {
    this.followers.push(follower);
  }

  play(medium: Medium, seconds: number): void {
    const media = safeMedia(medium.mediaUri);
    this.bar.hidden = false;
    document.body.classList.add('has-player');
    this.title.replaceChildren(feedText(medium.name), h('span', { class: 'from' }, ` from ${position(seconds)}`));
    const why = unplayable(media, medium.mediaUri);
    if (media === undefined || why !== '') {
      this.say(why);
      return;
    }
    if (this.medium?.mediaUri !== medium.mediaUri || this.audio.error !== null) this.audio.src = media.href;
    this.medium = medium;
    this.said.replaceChildren(media.kind === 'web' ? `Loading from ${media.host} …` : 'Loading …');
    this.audio.currentTime = seconds;
    // A refusal to play also comes as an error of the element, which says more.
    this.audio.play().catch(() => undefined);
  }

  private follow(): void {
    if (this.medium === undefined) return;
    for (const follower of this.followers) follower(this.medium, this.audio.currentTime);
  }

  private failed(): void {
    const media = safeMedia(this.medium?.mediaUri ?? '');
    const where = media?.kind === 'web' ? `from ${media.host}` : 'from its file';
    this.say(`It could not be played ${where}: it may be gone, of an unknown format, or the machine is offline.`);
  }

  private say(text: string): void {
    this.said.replaceChildren(...sentence(text));
  }

  private close(): void {
    this.audio.pause();
    this.bar.hidden = true;
    document.body.classList.remove('has-player');
  }
}

/** A button that plays from a position. @param of what it plays, for who hears the button alone */
export function playButton(player: Player, medium: Medium, seconds: number, of: string): HTMLButtonElement {
  const time = position(seconds);
  const play = () => player.play(medium, seconds);
  return h('button', { type: 'button', class: 'play', onclick: play, 'aria-label': `Play ${of} from ${time}` }, time);
}
