/**
 * Runs `work` while console.error is silent: the WebAssembly decoders print every error of every frame
 * there, thousands of lines for a damaged file. They also return those errors, and those are counted.
 */
export function quietly<T>(work: () => T): T {
  const original = console.error;
  console.error = () => undefined;
  try {
    return work();
  } finally {
    console.error = original;
  }
}
