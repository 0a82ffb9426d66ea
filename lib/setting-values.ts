/** How one setting is written on the command line (`-c name=value`) and what is expected of it. */

/** Numbers that stand before in the definitions. */
export type Known = Readonly<Record<string, number>>;

export interface NumberSetting {
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
  /** What of a text that fits the pattern is not as expected. */
  readonly wrongPart?: (text: string) => string | undefined;
  readonly why: string;
}

/** The values that a context gives, or their defaults; and one sentence for each problem, naming the setting. */
export function readSettings(
  definitions: Readonly<Record<string, NumberSetting | TextSetting>>,
  context: Readonly<Record<string, string | undefined>>,
): { values: Record<string, number | string>; problems: string[] } {
  const problems = unknownNames(Object.keys(definitions), context);
  const known: Record<string, number> = {};
  const said: Record<string, string> = {};
  for (const [name, setting] of Object.entries(definitions)) {
    const given = context[name];
    try {
      if ('pattern' in setting) {
        said[name] = setting.value;
        if (given !== undefined) said[name] = textFrom(name, setting, given);
      } else {
        known[name] = typeof setting.value === 'number' ? setting.value : Math.floor(setting.value(known));
        if (given !== undefined) known[name] = numberFrom(name, setting, given);
      }
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  return { values: { ...known, ...said }, problems };
}

function numberFrom(name: string, setting: NumberSetting, given: string): number {
  const number = /^\d{1,15}$/.test(given.trim()) ? Number(given) : Number.NaN;
  if (number >= setting.least && number <= setting.most) return number;
  throw new Error(
    `${name}: expected a whole number (${setting.unit}) from ${setting.least} to ${setting.most}, but got ${quoted(given)}.`,
  );
}

function textFrom(name: string, setting: TextSetting, given: string): string {
  const text = given.trim();
  const wrong = setting.pattern.test(text) ? setting.wrongPart?.(text) : given;
  if (wrong === undefined) return text;
  throw new Error(`${name}: expected ${setting.expected}, but got ${quoted(wrong)}.`);
}

/** CDK and its CLI keep feature flags, look-ups and switches in the same context. */
const isOfCdk = (name: string) => /^@|:/.test(name) || ['cli-telemetry', 'acknowledged-issue-numbers'].includes(name);

function unknownNames(known: readonly string[], context: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(context)
    .filter((name) => !isOfCdk(name) && !known.includes(name))
    .map((name) => {
      const meant = nearest(name, known);
      return `${name}: no such setting${meant ? `; did you mean ${meant}?` : `. There are: ${known.join(', ')}.`}`;
    });
}

/** The known name that was most likely meant, or undefined. */
function nearest(name: string, known: readonly string[]): string | undefined {
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
