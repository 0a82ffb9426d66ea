import { isDeepStrictEqual } from 'node:util';
import { type Invoked, parsed } from './lambda-runtime.ts';

/** A line that a function wrote: one of Powertools or of the runtime, or metrics in CloudWatch's embedded format. */
interface Line {
  readonly level?: unknown;
  readonly timestamp?: unknown;
  readonly service?: unknown;
  readonly function_request_id?: unknown;
  readonly requestId?: unknown;
  readonly _aws?: { readonly CloudWatchMetrics?: readonly { readonly Namespace?: unknown }[] };
  readonly [field: string]: unknown;
}

export interface Expected {
  readonly service: string;
  /** Fields of the summary and their values; "TypeError" for an event that the function refuses. */
  readonly answer: Readonly<Record<string, unknown>> | 'TypeError';
}

/** What is not as it should be, a sentence each. */
export function wrongIn({ requestId, answer, lines }: Invoked, expected: Expected): string[] {
  const read = lines.map((text) => ({ text, line: parsed(text) as Line | undefined }));
  const logs = read.flatMap(({ line }) => (isObject(line) && line._aws === undefined ? [line] : []));
  return [
    ...read.flatMap(({ text, line }) => wrongLine(text, line, requestId)),
    ...(expected.answer === 'TypeError'
      ? wrongRefusal(answer, logs)
      : wrongSummary(answer, expected.answer, expected.service, logs)),
  ];
}

function wrongLine(text: string, line: unknown, requestId: string): string[] {
  if (!isObject(line)) return [`a line of the log is no JSON object: ${text}`];
  const { level, timestamp, _aws, function_request_id, requestId: own } = line as Line;
  if (_aws !== undefined) {
    const namespace = _aws.CloudWatchMetrics?.[0]?.Namespace;
    return namespace === 'Archivist' ? [] : [`metrics of the namespace ${String(namespace)}: ${text}`];
  }
  return [
    ...(typeof level === 'string' && typeof timestamp === 'string' ? [] : [`a line without level or time: ${text}`]),
    ...([function_request_id, own].includes(requestId) ? [] : [`a line that does not say of which run it is: ${text}`]),
  ];
}

/** The summary is what the handler returns, in its field `summary` where that is a batch response, and a line of the log says it too. */
function wrongSummary(
  answer: unknown,
  expected: Readonly<Record<string, unknown>>,
  service: string,
  logs: readonly Line[],
): string[] {
  if (!isObject(answer)) return [`the answer is no JSON object: ${String(answer)}`];
  const summary = 'summary' in answer ? answer.summary : answer;
  if (!isObject(summary)) return [`the answer has no summary: ${JSON.stringify(answer)}`];
  const wanted = Object.entries(expected).filter(([name, value]) => !isDeepStrictEqual(summary[name], value));
  const told = logs.some(
    (line) =>
      line.service === service &&
      Object.entries(summary).every(([name, value]) => isDeepStrictEqual(line[name], value)),
  );
  return [
    ...wanted.map(
      ([name, value]) =>
        `${name} is ${JSON.stringify(summary[name])} in the answer instead of ${JSON.stringify(value)}`,
    ),
    ...(told ? [] : [`no line of ${service} has the summary ${JSON.stringify(summary)}`]),
  ];
}

function wrongRefusal(answer: unknown, logs: readonly Line[]): string[] {
  const type = isObject(answer) ? answer.errorType : undefined;
  const told = logs.some(({ level, message }) => level === 'ERROR' && isObject(message) && message.errorType === type);
  return [
    ...(type === 'TypeError' ? [] : [`the answer is no TypeError but ${JSON.stringify(answer)}`]),
    ...(told ? [] : ['no line of the log has that error']),
  ];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
