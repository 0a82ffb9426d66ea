/** A deliberate breakage of one rule: snippets of source that are replaced before the simulation loads them. */
export interface Mutant {
  readonly name: string;
  /** The invariants of docs/invariants.md that may catch it. */
  readonly caughtBy: readonly string[];
  readonly patches: readonly Patch[];
  /** Why it cannot matter, for one that is kept although no seed kills it. */
  readonly survivesBecause?: string;
}

export interface Patch {
  /** From the root of the project. */
  readonly file: string;
  /** Must occur exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** The source with the patch. @throws Error when the snippet is gone or not the only one: the mutant must follow the code */
export function patched(source: string, { file, find, replace }: Patch, mutant: string): string {
  const at = source.indexOf(find);
  const often = source.split(find).length - 1;
  if (at < 0 || often !== 1) {
    throw new Error(
      `The mutant "${mutant}" finds its snippet ${often} times in ${file}, not once: ${find.slice(0, 80)}`,
    );
  }
  return source.slice(0, at) + replace + source.slice(at + find.length);
}

/** A breakage that a named test kills instead of a seed. */
export interface TestedMutant extends Pick<Mutant, 'name' | 'patches'> {
  /** `test` begins the test's name, or that of a group around it. */
  readonly killedBy: { readonly file: string; readonly test: string };
}
