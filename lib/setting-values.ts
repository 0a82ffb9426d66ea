/** How one setting is written on the command line (`-c name=value`) and what is expected of it. */

export interface NumberSetting<Known = Record<string, number>> {
  /** The default, or how it follows from settings that stand before it. */
  readonly value: number | ((known: Known) => number);
  readonly unit: string;
  readonly least: number;
  readonly most: number;
  readonly why: string;
}

export interface TextSetting {
  readonly value: string;
  readonly pattern: RegExp;
  readonly expected: string;
  readonly why: string;
}

/** @throws Error naming the setting, what is expected and what came. */
export function numberFrom(name: string, setting: NumberSetting, given: string): number {
  const number = /^\d{1,15}$/.test(given.trim()) ? Number(given) : Number.NaN;
  if (number >= setting.least && number <= setting.most) return number;
  throw new Error(
    `${name}: expected a whole number (${setting.unit}) from ${setting.least} to ${setting.most}, but got ${quoted(given)}.`,
  );
}

/** @throws Error naming the setting, what is expected and what came. */
export function textFrom(name: string, setting: TextSetting, given: string): string {
  if (setting.pattern.test(given.trim())) return given.trim();
  throw new Error(`${name}: expected ${setting.expected}, but got ${quoted(given)}.`);
}

/** The known name that was most likely meant, or undefined. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, distance: editDistance(plain(name), plain(candidate)) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance <= 3 ? best.candidate : undefined;
}

function quoted(given: string): string {
  return given.length > 100
    ? `${JSON.stringify(given.slice(0, 100))}… (${given.length} characters)`
    : JSON.stringify(given);
}

function plain(name: string): string {
  return name.replace(/[^a-z0-9]/gi, '').toLowerCase();
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substituted, above[j]! + 1, row[j - 1]! + 1));
    }
  }
  return row[b.length]!;
}
