/** Lambda's limits, in bytes: what a caller waits for, and what it only hands over. */
export const SYNCHRONOUS_BYTES = 6_291_456;
export const ASYNCHRONOUS_BYTES = 1_048_576;

/** An error of the Invoke API, in the form in which AWS SDKs understand it. */
export class ApiError extends Error {
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

export type InvocationType = 'RequestResponse' | 'Event' | 'DryRun';

/** The function that a path names: /2015-03-31/functions/{name or ARN}/invocations. @throws ApiError */
export function functionNamed(path: string): string {
  const match = /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/.exec(path);
  if (!match) throw new ApiError(404, 'UnknownOperationException', `The local stack answers Invoke only, not ${path}.`);
  return decoded(match[1]!);
}

/**
 * The name in what a caller may give: a name, a partial ARN (000000000000:function:name), or a whole one, each with
 * or without a qualifier; the only version is $LATEST.
 * @throws ApiError
 */
export function nameIn(given: string, qualifier: string | null): string {
  const match = /^(?:(?:arn:[\w-]+:lambda:[\w-]+:)?\d{12}:function:)?([\w-]+)(?::([\w$-]+))?$/.exec(given);
  if (!match)
    throw new ApiError(400, 'ValidationException', `"${given}" is neither the name nor the ARN of a function.`);
  const version = qualifier ?? match[2] ?? '$LATEST';
  if (version !== '$LATEST')
    throw new ApiError(
      404,
      'ResourceNotFoundException',
      `Function not found: ${match[1]}:${version} (only $LATEST is here)`,
    );
  return match[1]!;
}

/** @throws ApiError when it is none of the three. */
export function invocationType(header: string | undefined): InvocationType {
  const type = header ?? 'RequestResponse';
  if (type === 'RequestResponse' || type === 'Event' || type === 'DryRun') return type;
  throw new ApiError(
    400,
    'InvalidParameterValueException',
    `X-Amz-Invocation-Type must be RequestResponse, Event or DryRun, not "${type}".`,
  );
}

/** The JSON of an event; an empty body is an empty event. @throws ApiError when it is not JSON. */
export function eventIn(body: Buffer): string {
  if (body.length === 0) return '{}';
  const text = body.toString('utf8');
  try {
    JSON.parse(text);
  } catch (error) {
    throw new ApiError(
      400,
      'InvalidRequestContentException',
      `Could not parse request body into json: ${(error as Error).message}`,
    );
  }
  return text;
}

/** What mobile clients say of themselves: JSON in base64. @throws ApiError when it is not. */
export function clientContextIn(header: string | undefined): unknown {
  if (!header) return undefined;
  try {
    return JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
  } catch {
    throw new ApiError(400, 'InvalidRequestContentException', 'X-Amz-Client-Context is not JSON in base64.');
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ApiError(400, 'ValidationException', `"${part}" is not a URL-encoded name.`);
  }
}
