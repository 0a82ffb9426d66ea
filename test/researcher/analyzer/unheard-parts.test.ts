import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEpisode } from '../../../researcher/analyzer/open-audio.ts';
import { decodeFile } from '../../../researcher/media/decode.ts';
import { parseFrameHeader } from '../../../researcher/media/mpeg-header.ts';
import { freshFolder, removeFreshFolders } from '../../local/support/fixture-assembly.ts';
import { babble, mp3 } from '../media/audio.ts';

jest.setTimeout(120_000);
afterAll(removeFreshFolders);

/* Episodes of MP3 are opened in parts of 256 s: what each part does not hear is told of the whole. */

const RATE = 8_000;
const SAMPLES_A_FRAME = 576;

/** Five minutes whose frames in these spans (seconds) have no side information that could be read. */
async function damaged(...spans: readonly (readonly [number, number])[]): Promise<string> {
  const ten = await mp3(babble(1, 10, RATE), { sampleRate: RATE, kbps: 24 });
  const bytes = Buffer.concat(Array.from({ length: 30 }, () => ten));
  for (let at = 0, frame = 0; at < bytes.length; frame++) {
    const header = parseFrameHeader(bytes, at)!;
    const seconds = (frame * SAMPLES_A_FRAME) / RATE;
    if (spans.some(([from, to]) => seconds >= from && seconds < to))
      bytes.fill(0xff, at + 4, at + 4 + header.sideBytes);
    at += header.frameBytes;
  }
  const path = join(freshFolder(), 'damaged.mp3');
  writeFileSync(path, bytes);
  return path;
}

test('UNHEARD-PARTS-1: damage within frames is told wherever a part begins, as of a file that is decoded as a whole', async () => {
  const path = await damaged([20, 23], [254, 258]);
  const [{ media }, whole] = [await openEpisode(path), await decodeFile(path, () => undefined)];
  expect(media.unheard).toEqual(whole.unheard);
  expect(media.unheardShare).toBeCloseTo(whole.unheardShare, 9);
  expect(media.unheard.map(({ fromNs, toNs, why }) => [Math.round(fromNs / 1e9), Math.round(toNs / 1e9), why])).toEqual(
    [
      [20, 23, 'damaged'],
      [254, 258, 'damaged'],
    ],
  );
});

test('UNHEARD-PARTS-2: an episode of which most frames are damaged is a failure with its reason, not a negative', async () => {
  const path = await damaged([10, 250]);
  await expect(openEpisode(path)).rejects.toThrow(/^only \d+ % of it can be heard .*: 0:00:10–0:04:10 is damaged$/);
});
