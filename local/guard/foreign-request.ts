import type { IncomingHttpHeaders } from 'node:http';

/** Of a request: what the guards of the local ports look at. */
export interface AskedFor {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Nothing but the address itself: a page may come from any name that points to it. */
const OWN_HOST = /^127\.0\.0\.1(?::\d{1,5})?$/;

/**
 * Why a request comes from a web page, or was meant for somebody else; undefined for one that a program of this machine
 * may have sent. A browser sets each of these headers itself, so no page can leave one out; AWS clients set none but Host.
 */
export function whyForeign({ method, headers }: AskedFor): string | undefined {
  // To a preflight nothing is answered that would allow anything.
  if (method === 'OPTIONS') return 'OPTIONS is not answered: no web page may ask this archive';
  if (headers.origin !== undefined) return 'it has an Origin: no web page may ask this archive';
  if (headers['sec-fetch-site'] !== undefined) return 'it has a Sec-Fetch-Site: no browser may ask this archive';
  if (!OWN_HOST.test(headers.host ?? '')) {
    return 'its Host is not 127.0.0.1: a name, even one that points to this machine, may be anybody’s';
  }
  return undefined;
}

const TARGETS = { sqs: /^AmazonSQS\.[A-Za-z]{1,64}$/, dynamodb: /^DynamoDB_20120810\.[A-Za-z]{1,64}$/ } as const;
const NAMES = { sqs: 'SQS', dynamodb: 'DynamoDB' } as const;

/** Why a request is none of this service (AWS JSON protocol): whatever else the emulator would answer is not needed here. */
export function whyNoTarget(service: keyof typeof TARGETS, { method, headers }: AskedFor): string | undefined {
  const name = NAMES[service];
  if (method !== 'POST') return `${name} is asked by POST`;
  if (isQuery(headers)) return 'it is of the query protocol, which clients of SQS spoke until 2023: take a newer one';
  const target = headers['x-amz-target'];
  if (typeof target !== 'string' || !TARGETS[service].test(target)) return `its X-Amz-Target is none of ${name}`;
  const type = headers['content-type']?.split(';')[0]?.trim();
  return type === 'application/x-amz-json-1.0' ? undefined : 'its Content-Type is not application/x-amz-json-1.0';
}

/** Whether a client speaks the protocol that AWS has had before JSON, and reads XML. */
const isQuery = (headers: IncomingHttpHeaders): boolean =>
  headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;

/**
 * What a refused request is answered: as AWS clients understand it, and without any header that a page could read by.
 * @param reason a sentence without its end, of nothing that came.
 */
export function refusalOf(
  reason: string,
  asked?: IncomingHttpHeaders,
): { status: number; headers: Record<string, string>; body: string } {
  const message = `The request is refused: ${reason}.`;
  const isXml = asked !== undefined && isQuery(asked);
  return {
    status: 403,
    headers: {
      'content-type': isXml ? 'text/xml' : 'application/x-amz-json-1.0',
      'x-content-type-options': 'nosniff',
      connection: 'close',
    },
    body: isXml
      ? `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error></ErrorResponse>`
      : JSON.stringify({ __type: 'AccessDeniedException', message }),
  };
}
