import { createReadStream } from 'node:fs';
import { MPEGDecoder } from 'mpg123-decoder';
import { quietly } from '../../researcher/media/quietly.ts';

/**
 * Decodes an MP3 file with mpg123-decoder and nothing else, piece by piece, and throws the samples away: the measure
 * that the time of an analysis is compared with.
 *
 * @returns the length of the audio in seconds
 */
export async function decodeAlone(path: string): Promise<number> {
  const decoder = new MPEGDecoder();
  await decoder.ready;
  let seconds = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 65_536 })) {
    const { samplesDecoded, sampleRate } = quietly(() => decoder.decode(piece as Buffer));
    if (samplesDecoded > 0) seconds += samplesDecoded / sampleRate;
  }
  decoder.free();
  return seconds;
}
