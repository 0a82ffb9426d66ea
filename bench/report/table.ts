/** Numbers of a page, as people read them. */
export const count = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 3 });

/** A table of Markdown: the first column of words, the others of numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}
