import { decodeAlone } from '../../audio/evaluation/decode-alone.ts';
import { stopwatch } from '../../audio/evaluation/measured.ts';

/**
 * Decodes the file that it is told three times with mpg123-decoder and nothing else, and tells the processor seconds of the
 * middle one. In a process of its own: beside all that a bench has loaded the same work takes a third longer, now and then.
 */
process.once('message', (episode: string) => {
  void measured(episode).then((seconds) => process.send?.(seconds, () => process.exit(0)));
});

async function measured(episode: string): Promise<number | undefined> {
  const took: number[] = [];
  for (let i = 0; i < 3; i++) {
    const watch = stopwatch();
    await decodeAlone(episode);
    took.push(watch().cpuSeconds);
  }
  return took.sort((a, b) => a - b)[1];
}
