import { createReadStream } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { InvalidMessage, parseClipInfo, parseEpisodeInfo } from '../domain/messages.ts';
import { type CuratedKind, type Draft, type Problem, type ReadSource, reasonOf, SourceUnusable } from './curated.ts';
import { explained } from './file-error.ts';

/** The longest message within all limits has a quarter of this. */
const LONGEST_LINE = 1024 * 1024;

const ABSOLUTE = /^[a-z][a-z\d+.-]*:\/\//i;

/**
 * A file of messages, one ClipInfo or EpisodeInfo (JSON) a line, sent as they stand but for a mediaUri relative to
 * the file. A line that is no such message is a problem that names its number.
 */
export function jsonLinesSource(path: string, kind: CuratedKind, baseUri?: string): ReadSource {
  return async function* () {
    const base = baseUri === undefined ? pathToFileURL(path) : new URL(baseUri);
    const occurrences = new Map<string, number>();
    let [messages, objects] = [0, 0];
    let first: Problem | undefined;
    for await (const { number, text } of linesOf(path)) {
      if (text?.trim() === '') continue;
      messages += 1;
      const record = text === undefined ? undefined : objectFrom(text);
      if (record) objects += 1;
      const draft = text === undefined ? tooLong(number) : draftOf(record ?? text, number, kind, base);
      if (!draft.ok) first ??= draft;
      if (!draft.ok) yield draft;
      else yield { ...draft, key: numbered(draft.key, occurrences) };
    }
    // One sentence rather than as many problems as lines.
    if (messages > 1 && objects === 0) {
      const expected = 'one message (JSON) a line was expected';
      throw new SourceUnusable(
        `none of the ${messages} lines of ${path} is a JSON object; ${expected}; ${first?.what}: ${first?.reason}`,
      );
    }
    if (messages === 0) throw new SourceUnusable(`${path} is empty; one message (JSON) a line was expected`);
    return { unchanged: false };
  };
}

/** @param line the object of a line, or the text of one that has none: the parser of messages says what is wrong. */
function draftOf(
  line: Record<string, unknown> | string,
  number: number,
  kind: CuratedKind,
  base: URL,
): Draft | Problem {
  try {
    // To the parser of messages null is what was left out: it would say that nothing came.
    if (typeof line === 'string' && line.trim() === 'null') {
      throw new InvalidMessage(kind === 'clips' ? 'ClipInfo' : 'EpisodeInfo', ['must be an object, but null came']);
    }
    const body = typeof line === 'string' ? line : JSON.stringify(withAbsoluteUri(line, base));
    const info = kind === 'clips' ? parseClipInfo(body) : parseEpisodeInfo(body);
    return { ok: true, key: info.mediaUri, what: `line ${number}`, info, distinctions: [] };
  } catch (error) {
    return { ok: false, what: `line ${number}`, reason: reasonOf(error) };
  }
}

function objectFrom(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
    return isObject ? (json as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** What has no relative URI is left for the parser of messages to judge. */
function withAbsoluteUri(record: Record<string, unknown>, base: URL): Record<string, unknown> {
  const name = 'media_uri' in record ? 'media_uri' : 'mediaUri';
  const uri = record[name];
  if (typeof uri !== 'string' || uri === '' || ABSOLUTE.test(uri)) return record;
  const absolute = URL.parse(uri.startsWith('/') ? uri : `./${uri}`, base.href)?.href;
  return { ...record, [name]: absolute ?? uri };
}

/** The same URI may come again, as an update: each of its lines is an entry of its own. */
function numbered(key: string, occurrences: Map<string, number>): string {
  const count = (occurrences.get(key) ?? 0) + 1;
  occurrences.set(key, count);
  return count === 1 ? key : `${key} ${count}`;
}

function tooLong(number: number): Problem {
  return { ok: false, what: `line ${number}`, reason: `it has more than ${LONGEST_LINE} bytes, the most of a message` };
}

interface Line {
  readonly number: number;
  /** Absent where the line is too long to be held. */
  readonly text: string | undefined;
}

/** The lines of a file of any size. (Node's readline would hold a line without an end whole.) */
async function* linesOf(path: string): AsyncGenerator<Line> {
  let [number, pending, tooMuch]: [number, Buffer[], boolean] = [1, [], false];
  let size = 0;
  const line = (): Line => {
    const text = tooMuch
      ? undefined
      : Buffer.concat(pending)
          .toString('utf8')
          .replace(/^\ufeff/, '');
    [pending, size, tooMuch] = [[], 0, false];
    return { number: number++, text };
  };
  const add = (part: Buffer) => {
    size += part.length;
    tooMuch ||= size > LONGEST_LINE;
    if (tooMuch) pending = [];
    else pending.push(part);
  };
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        add(chunk.subarray(start, end));
        yield line();
        start = end + 1;
      }
      add(chunk.subarray(start));
    }
  } catch (error) {
    throw explained(path, error);
  }
  if (size > 0) yield line();
}
