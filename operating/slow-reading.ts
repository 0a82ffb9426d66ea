import { counted, tell } from './terminal.ts';

const LINE_EVERY_MS = 5_000;

/**
 * Says on stderr how far a long reading or writing is, a line every five seconds; of one that is shorter, nothing.
 * @param noun of what is read, in the singular
 * @param verb what is done with it, in the past
 * @param now ms, from any beginning
 */
export function slowReading(
  noun: string,
  verb = 'read',
  now: () => number = () => performance.now(),
): (done: number, of?: number) => void {
  let told = now();
  return (done, of) => {
    if (now() - told < LINE_EVERY_MS) return;
    told = now();
    tell(
      of === undefined
        ? `${counted(done, noun)} ${verb} …`
        : `${done.toLocaleString('en-US')} of ${counted(of, noun)} ${verb} …`,
    );
  };
}
