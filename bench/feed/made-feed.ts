import { closeSync, openSync, writeSync } from 'node:fs';

/** As the largest feeds are. */
export const ITEMS = 9_600;
const BYTES = 38_500_000;

const WORDS =
  'the show notes of this week talk about music radio jingles archive listeners sponsors guests and what they heard in the studio'.split(
    ' ',
  );

/** The same words at each run. */
function wordsFrom(seed: number): (count: number) => string {
  let state = seed;
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return WORDS[state % WORDS.length];
  };
  return (count) => Array.from({ length: count }, next).join(' ');
}

/**
 * A feed as publishing systems write them: show notes in HTML, of chapters with links, as CDATA, and what directories want.
 * @param token what the addresses of the media end in.
 */
export function writeFeed(path: string, token: string): void {
  const file = openSync(path, 'w');
  const words = wordsFrom(7);
  const wanted = Math.floor(BYTES / ITEMS);
  writeSync(
    file,
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>A show of many years</title>\n',
  );
  for (let number = 1; number <= ITEMS; number++) {
    const aired = new Date(Date.UTC(2000, 0, 1) + number * 86_400_000).toUTCString();
    const open = `<item><title>Episode ${number}: ${words(5)}</title><link>https://show.example/${number}</link><guid isPermaLink="false">show-${number}</guid><pubDate>${aired}</pubDate><itunes:author>${words(2)}</itunes:author><itunes:duration>3600</itunes:duration><itunes:explicit>no</itunes:explicit><itunes:image href="https://show.example/${number}.jpg"/><enclosure url="https://media.example/${number}.mp3?token=${token}${number}" type="audio/mpeg" length="57600000"/><description><![CDATA[`;
    const close = ']]></description></item>\n';
    const notes = [`<p>${words(40)} – <em>${words(3)}</em> &amp; ${words(4)}.</p><ul>`];
    let size = open.length + close.length + notes[0]!.length;
    for (let minute = 0; size < wanted; minute++) {
      notes.push(
        `<li><strong>${minute}:00</strong> <a href="https://show.example/${number}/${minute}">${words(2)}</a></li>`,
      );
      size += notes.at(-1)!.length;
    }
    writeSync(file, `${open}${notes.join('')}</ul>${close}`);
  }
  writeSync(file, '</channel></rss>\n');
  closeSync(file);
}
