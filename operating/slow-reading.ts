import { counted, tell } from './terminal.ts';

const LINE_EVERY_MS = 5_000;

/**
 * Says on stderr how far a long reading is, a line every five seconds; of one that is shorter, nothing.
 * @param noun of what is read, in the singular
 * @param now ms, from any beginning
 */
export function slowReading(
  noun: string,
  now: () => number = () => performance.now(),
): (read: number, of?: number) => void {
  let told = now();
  return (read, of) => {
    if (now() - told < LINE_EVERY_MS) return;
    told = now();
    tell(
      of === undefined
        ? `${counted(read, noun)} read …`
        : `${read.toLocaleString('en-US')} of ${counted(of, noun)} read …`,
    );
  };
}
