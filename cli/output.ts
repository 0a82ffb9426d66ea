import { once } from 'node:events';

/** Writes data to stdout as fast as whoever reads it takes it: what is large is never held whole. */
export async function written(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** An array as JSON, an element at a time, laid out as `JSON.stringify(…, null, 2)` does. */
export class JsonArray {
  private count = 0;

  async add(elements: readonly unknown[]): Promise<void> {
    if (elements.length === 0) return;
    const texts = elements.map((element) => JSON.stringify(element, null, 2).replaceAll('\n', '\n  '));
    const before = this.count === 0 ? '[\n  ' : ',\n  ';
    this.count += elements.length;
    await written(before + texts.join(',\n  '));
  }

  async end(): Promise<void> {
    await written(this.count === 0 ? '[]\n' : '\n]\n');
  }
}

/** Spreadsheets run cells that begin with these as formulas; titles come from strangers. */
export const asText = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
