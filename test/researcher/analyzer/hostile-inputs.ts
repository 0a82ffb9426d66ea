import { gzipSync } from 'node:zlib';
import { babble, mp3, oggVorbis, randomFrom, wav } from '../media/audio.ts';

const RATE = 44_100;
const seconds = (n: number, value: (t: number, i: number) => number) =>
  Float32Array.from({ length: Math.round(n * RATE) }, (_, i) => value(i / RATE, i));
const bytes = (length: number, value: (i: number) => number) =>
  Buffer.from(Array.from({ length }, (_, i) => value(i) & 255));

/** Files that a clip or an episode may turn out to be, by name. None of them is a clip of the test's episode. */
export async function hostileInputs(): Promise<Record<string, Buffer>> {
  const random = randomFrom(77);
  const noise = seconds(4, () => random() - 0.5);
  const speech = babble(5, 4);
  const speechMp3 = await mp3(speech);
  const stereo = await mp3(speech, { channels: 2, kbps: 128 });
  const speechWav = wav(speech);
  const half = Math.floor(speechMp3.length / 2);
  const adts = bytes(6_000, (i) => (i % 300 === 0 ? 0xff : i % 300 === 1 ? 0xf1 : i * 7));
  const header = (frame: number[]) => bytes(6_000, (i) => frame[i % 417] ?? 0);
  const flipped = (source: Buffer, every: number) =>
    Buffer.from(source.map((byte, i) => (i % every === 7 ? byte ^ 0xff : byte)));
  const id3 = (size: number) =>
    Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, (size >> 21) & 127, (size >> 14) & 127, (size >> 7) & 127, size & 127]);
  const bom = Buffer.from([0xef, 0xbb, 0xbf]);
  return {
    'an empty file': Buffer.alloc(0),
    'one byte': Buffer.from([0xff]),
    'four bytes of a frame header': Buffer.from([0xff, 0xfb, 0x90, 0x64]),
    'an HTML page': Buffer.from('<!DOCTYPE html><html><body>404 not found</body></html>'),
    'an HTML page after blanks and a byte order mark': Buffer.concat([
      bom,
      Buffer.from('\n\n  <html><head></head></html>'),
    ]),
    'an XML feed': Buffer.from('<?xml version="1.0"?><rss version="2.0"><channel/></rss>'),
    JSON: Buffer.from('{"error":"not found"}'),
    'plain text': Buffer.from('The file you are looking for has moved. '.repeat(50)),
    'random bytes': bytes(60_000, () => random() * 256),
    zeros: Buffer.alloc(60_000),
    'bytes of 0xff': Buffer.alloc(60_000, 0xff),
    'bytes 0xff 0xfb over and over': bytes(60_000, (i) => (i % 2 ? 0xfb : 0xff)),
    'frame headers with silence between them': header([0xff, 0xfb, 0x90, 0x64]),
    'frame headers with garbage between them': bytes(
      417 * 40,
      (i) => [0xff, 0xfb, 0x90, 0x64][i % 417] ?? random() * 256,
    ),
    'layer I headers with garbage': bytes(416 * 40, (i) => [0xff, 0xff, 0xc4, 0x44][i % 416] ?? random() * 256),
    'layer II headers with garbage': bytes(417 * 40, (i) => [0xff, 0xfd, 0x80, 0x44][i % 417] ?? random() * 256),
    'free-format headers': bytes(20_000, (i) => [0xff, 0xfb, 0x00, 0x64][i % 400] ?? 0),
    'an ID3 tag and nothing else': Buffer.concat([id3(100), Buffer.alloc(100)]),
    'an ID3 tag that claims 256 MB': Buffer.concat([id3(0xfffffff), Buffer.alloc(500)]),
    'an ID3 tag cut in its header': Buffer.from('ID3'),
    'a gzip file': gzipSync(speechWav.subarray(0, 5_000)),
    'a PNG picture': Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), Buffer.alloc(900)]),
    'a JPEG picture': Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(900, 7)]),
    'a PDF document': Buffer.from('%PDF-1.7\n%âãÏÓ\n'),
    'a ZIP archive': Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(300, 1)]),
    'an MP4 file': Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypM4A \0\0\0\0'), Buffer.alloc(3_000, 5)]),
    'AAC named .mp3': adts,
    'a Matroska file': Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3]), Buffer.alloc(2_000, 3)]),
    'an AIFF file': Buffer.concat([Buffer.from('FORM\0\0\x10\0AIFF'), Buffer.alloc(2_000)]),
    'Ogg Vorbis': await oggVorbis(speech),
    'an Ogg page and no more': Buffer.concat([Buffer.from('OggS'), Buffer.alloc(40)]),
    'Ogg Opus cut in its head': Buffer.concat([
      Buffer.from('OggS\0\x02'),
      Buffer.alloc(20),
      Buffer.from([1, 19]),
      Buffer.from('OpusHead\x01\x02'),
    ]),
    'FLAC with nothing after its name': Buffer.from('fLaC'),
    'FLAC with garbage after its name': Buffer.concat([Buffer.from('fLaC'), bytes(9_000, () => random() * 256)]),
    'a WAV header and no data': speechWav.subarray(0, 44),
    'a WAV header cut in the middle': speechWav.subarray(0, 30),
    'a WAV file with data before its format': Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVEdata'), Buffer.alloc(2_000)]),
    'a WAV file of an unknown encoding': Buffer.from(speechWav.map((byte, i) => (i === 20 ? 85 : byte))),
    'a WAV file with 0 channels': Buffer.from(speechWav.map((byte, i) => (i === 22 ? 0 : byte))),
    'a WAV file with 0 Hz': Buffer.from(speechWav.map((byte, i) => (i >= 24 && i < 28 ? 0 : byte))),
    'a WAV file with 4 GHz': Buffer.from(speechWav.map((byte, i) => (i >= 24 && i < 28 ? 0xff : byte))),
    'a WAV file with a chunk of 4 GB before its data': Buffer.concat([
      speechWav.subarray(0, 36),
      Buffer.from('junk\xff\xff\xff\xff', 'latin1'),
      speechWav.subarray(36),
    ]),
    'a WAV file named .mp3': speechWav,
    'a WAV file of NaN': wav(
      seconds(2, () => Number.NaN),
      { bits: 32, float: true },
    ),
    'a WAV file of infinities': wav(
      seconds(2, (_, i) => (i % 2 ? 1 : -1) * Number.POSITIVE_INFINITY),
      { bits: 32, float: true },
    ),
    'a WAV file of huge numbers': wav(
      seconds(2, (_, i) => (i % 3) * 1e38),
      { bits: 32, float: true },
    ),
    silence: wav(seconds(4, () => 0)),
    'silence as MP3': await mp3(seconds(4, () => 0)),
    'a constant voltage': wav(seconds(4, () => 0.7)),
    'full-scale square wave': wav(seconds(4, (t) => (Math.sin(2 * Math.PI * 440 * t) > 0 ? 1 : -1))),
    'mains hum': wav(seconds(4, (t) => 0.3 * Math.sin(2 * Math.PI * 50 * t) + 0.1 * Math.sin(2 * Math.PI * 150 * t))),
    'a tone': wav(seconds(4, (t) => 0.5 * Math.sin(2 * Math.PI * 1_000 * t))),
    'a chord': wav(seconds(4, (t) => 0.2 * [440, 554, 659].reduce((sum, f) => sum + Math.sin(2 * Math.PI * f * t), 0))),
    'a click in silence': wav(seconds(4, (_, i) => (i === 50_000 ? 1 : 0))),
    'clicks every second': wav(seconds(4, (_, i) => (i % RATE === 0 ? 1 : 0))),
    'white noise': wav(noise),
    'white noise as MP3': await mp3(noise),
    'a clip of 0.3 s': await mp3(babble(6, 0.3)),
    'a clip of 0.99 s': wav(babble(6, 0.99)),
    'an MP3 file cut in the middle of a frame': speechMp3.subarray(0, half + 13),
    'an MP3 file without its beginning': speechMp3.subarray(half + 101),
    'an MP3 file with junk in the middle': Buffer.concat([
      speechMp3.subarray(0, half),
      bytes(3_000, () => random() * 256),
      speechMp3.subarray(half),
    ]),
    'an MP3 file with a hole': Buffer.concat([speechMp3.subarray(0, half), speechMp3.subarray(half + 2_000)]),
    'an MP3 file with every 1,000th byte flipped': flipped(speechMp3, 1_000),
    'an MP3 file with every 50th byte flipped': flipped(speechMp3, 50),
    'a stereo MP3 file with every 200th byte flipped': flipped(stereo, 200),
    'an MP3 file whose second half is of another rate': Buffer.concat([
      speechMp3,
      await mp3(speech, { sampleRate: 22_050 }),
    ]),
    'an MP3 file after 100 kB of junk': Buffer.concat([bytes(100_000, () => random() * 256), speechMp3]),
    'two MP3 files joined': Buffer.concat([speechMp3, stereo]),
    'an MP3 file inside an HTML page': Buffer.concat([Buffer.from('<html>'), speechMp3]),
    'speech at one thousandth of full scale': wav(speech.map((value) => value / 1_000)),
    'speech clipped hard': wav(speech.map((value) => Math.sign(value))),
  };
}
