import type { Mark, MarkedEpisode } from './marks.ts';

/** A way to hand findings over to another program. */
export interface HandOver {
  /** What takes it. */
  readonly about: string;
  /** Of its files. */
  readonly extension: string;
  /** Of a format whose file holds several episodes: what it begins with. Else each episode gets a file of its own. */
  readonly head?: string;
  text(episode: MarkedEpisode): string;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `01:02:03.456`, with what separates the milliseconds. */
function clock(ms: number, point: '.' | ','): string {
  const seconds = Math.floor(ms / 1000);
  const rest = String(ms % 1000).padStart(3, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${point}${rest}`;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** Audacity's label track: start and end in seconds and the label, tabs between; it reads a point whatever the locale. */
const audacity = ({ marks }: MarkedEpisode): string =>
  marks.map(({ startMs, endMs, title }) => `${seconds(startMs)}\t${seconds(endMs)}\t${title}\n`).join('');

/** A cue sheet numbers its tracks with two digits. */
const TRACKS_AT_MOST = 99;
const FRAMES_A_SECOND = 75;

/** `mm:ss:ff` in 75ths of a second; minutes go on beyond 99. */
function frames(ms: number): string {
  const all = Math.floor((ms * FRAMES_A_SECOND) / 1000);
  const whole = Math.floor(all / FRAMES_A_SECOND);
  return `${two(Math.floor(whole / 60))}:${two(whole % 60)}:${two(all % FRAMES_A_SECOND)}`;
}

/** Within the quotes of a cue sheet there is no way to write a quote. */
const unquoted = (text: string): string => text.replaceAll('"', "'");

function cue({ title, mediaUri, marks }: MarkedEpisode): string {
  const file = unquoted(fileName(title, mediaUri));
  const kind = /\.wav$/i.test(file) ? 'WAVE' : /\.aiff?$/i.test(file) ? 'AIFF' : 'MP3';
  // Two tracks that begin in one frame would be one of no length.
  const tracks = marks.filter(
    ({ startMs }, index) => index === 0 || frames(startMs) !== frames(marks[index - 1]!.startMs),
  );
  const lines = tracks
    .slice(0, TRACKS_AT_MOST)
    .flatMap((mark, index) => [
      `  TRACK ${two(index + 1)} AUDIO`,
      `    TITLE "${unquoted(mark.title)}"`,
      `    INDEX 01 ${frames(mark.startMs)}`,
    ]);
  return [`TITLE "${unquoted(title)}"`, `FILE "${file}" ${kind}`, ...lines, ''].join('\n');
}

/** The last part of an address where that is called as a file is; else by the title. Nothing else of an address is told. */
function fileName(title: string, uri: string): string {
  const last = decoded((URL.parse(uri)?.pathname ?? uri).split('/').at(-1) ?? '');
  return /^[^/\\]+\.\w{2,4}$/.test(last) ? last : `${title.replaceAll(/[/\\]/g, ' ').trim()}.mp3`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** An entry a play, with VLC's options for where to begin and end. */
const m3u = ({ title, mediaUri, marks }: MarkedEpisode): string =>
  marks
    .map(
      (mark) =>
        `#EXTINF:${Math.max(1, Math.round((mark.endMs - mark.startMs) / 1000))},${mark.title} – ${title}\n` +
        `#EXTVLCOPT:start-time=${seconds(mark.startMs)}\n#EXTVLCOPT:stop-time=${seconds(mark.endMs)}\n${mediaUri}\n`,
    )
    .join('');

/** https://github.com/Podcastindex-org/podcast-namespace: JSON chapters 1.2. */
const chapters = ({ title, marks }: MarkedEpisode): string =>
  `${JSON.stringify(
    {
      version: '1.2.0',
      title,
      chapters: marks.map(({ startMs, endMs, title: name }) => ({
        startTime: startMs / 1000,
        endTime: endMs / 1000,
        title: name,
      })),
    },
    null,
    2,
  )}\n`;

/** In a cue's text `<` and `&` begin something else, and `-->` would be taken for times. */
const escapedCue = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const webvtt = ({ title, marks }: MarkedEpisode): string =>
  `WEBVTT - ${title.replaceAll('-->', '→')}\n\n${marks
    .map(
      (mark, index) =>
        `${index + 1}\n${clock(mark.startMs, '.')} --> ${clock(mark.endMs, '.')}\n${escapedCue(mark.title)}\n\n`,
    )
    .join('')}`;

const srt = ({ marks }: MarkedEpisode): string =>
  marks
    .map(
      (mark, index) =>
        `${index + 1}\n${clock(mark.startMs, ',')} --> ${clock(mark.endMs, ',')}\n${mark.title.replaceAll('-->', '→')}\n\n`,
    )
    .join('');

/** As REAPER's Region/Marker Manager exports and imports: regions with start, end and length. */
function reaper({ marks }: MarkedEpisode): string {
  const field = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const rows = marks.map(({ startMs, endMs, title }, index) =>
    [`R${index + 1}`, field(title), seconds(startMs), seconds(endMs), seconds(endMs - startMs)].join(','),
  );
  return `${['#,Name,Start,End,Length', ...rows].join('\n')}\n`;
}

/**
 * Chapters as ffmpeg puts them into a file: `ffmpeg -i episode.mp3 -i chapters.ffmeta -map 0:a -map_chapters 1 -codec copy …`.
 * They follow each other without a gap, those between plays named after the episode, and never overlap: in MP4, as
 * ffmpeg 5.1 to 7.0 write it, the first chapter begins at 0, each lasts until the next begins, and one within another
 * moves what follows. (Into Opus they write what begins half a second or more after a whole one
 * a second late: findings/ffmpeg-opus-chapters-late.sh.)
 */
function ffmetadata({ title, durationMs, marks }: MarkedEpisode): string {
  const escaped = (text: string) => text.replace(/[=;#\\]/g, (character) => `\\${character}`);
  const chapters = chaptersOf(title, durationMs, marks).map(
    ({ startMs, endMs, title: name }) =>
      `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${startMs}\nEND=${endMs}\ntitle=${escaped(name)}\n`,
  );
  return `;FFMETADATA1\ntitle=${escaped(title)}\n${chapters.join('')}`;
}

/** What is heard from each moment on at which a play begins or all have ended; plays that begin together share a chapter. */
function chaptersOf(show: string, durationMs: number, marks: readonly Mark[]): Omit<Mark, 'score'>[] {
  const begins = new Map<number, string>();
  let heardMs = 0;
  for (const { startMs, endMs, title } of marks) {
    if (startMs > heardMs) begins.set(heardMs, show);
    const together = heardMs > startMs ? begins.get(startMs) : undefined;
    begins.set(startMs, together === undefined ? title : `${together} / ${title}`);
    heardMs = Math.max(heardMs, endMs);
  }
  if (durationMs > heardMs) begins.set(heardMs, show);
  const starts = [...begins.keys()];
  return starts.map((startMs, n) => ({
    ...{ title: begins.get(startMs)!, startMs },
    endMs: starts[n + 1] ?? Math.max(heardMs, durationMs),
  }));
}

export const HAND_OVERS = {
  audacity: { about: 'labels of Audacity', extension: 'txt', text: audacity },
  cue: { about: 'a cue sheet, the first 99 plays of an episode', extension: 'cue', text: cue },
  m3u: { about: 'a playlist with times, as VLC takes them', extension: 'm3u8', head: '#EXTM3U\n', text: m3u },
  chapters: { about: 'Podcasting 2.0 chapters', extension: 'json', text: chapters },
  webvtt: { about: 'WebVTT', extension: 'vtt', text: webvtt },
  srt: { about: 'SubRip subtitles', extension: 'srt', text: srt },
  reaper: { about: 'regions of REAPER, as CSV', extension: 'csv', text: reaper },
  ffmetadata: { about: 'chapters of ffmpeg', extension: 'ffmeta', text: ffmetadata },
} as const satisfies Readonly<Record<string, HandOver>>;

export type Format = keyof typeof HAND_OVERS;

export const FORMATS = Object.keys(HAND_OVERS) as Format[];
