import { RequestHeads } from '../../local/guard/request-heads.ts';

const request = (body: string, more = '') =>
  `POST / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** What passes of bytes that come in these parts, and what is asked for. */
function passed(...parts: string[]) {
  const asked: (string | undefined)[] = [];
  const heads = new RequestHeads(({ headers, url }) => {
    asked.push(headers.host === undefined ? undefined : String(headers.host));
    return url === '/refused' ? 'it is asked for' : undefined;
  });
  let text = '';
  for (const part of parts) {
    const taken = heads.take(Buffer.from(part));
    if ('refused' in taken) return { text, asked, refused: taken.refused };
    text += taken.bytes.toString();
  }
  return { text, asked };
}

test('whole requests pass as they came, wherever they are cut', () => {
  const all = request('{"a":1}') + request('') + request('x'.repeat(50), 'X-Amz-Target: y\r\n') + request('ü');
  expect(passed(all).asked).toHaveLength(4);
  for (let at = 1; at < all.length; at++) {
    const { text, asked } = passed(all.slice(0, at), all.slice(at));
    expect(text).toBe(all);
    expect(asked).toHaveLength(4);
  }
  expect(passed(...all)).toEqual(passed(all));
});

test('nothing of a head passes before it has been judged, and a body passes as it comes', () => {
  const head = request('12345').slice(0, -5);
  expect(passed(head.slice(0, -1)).text).toBe('');
  expect(passed(`${head}12`).text).toBe(`${head}12`);
  expect(passed(`${head}12`, '345').text).toBe(`${head}12345`);
});

test('a request in the body of another is its body', () => {
  expect(passed(request('POST /refused HTTP/1.1\r\n\r\n')).asked).toHaveLength(1);
});

test('behind a request that passes another is judged, too', () => {
  const second = request('').replace('/', '/refused');
  expect(passed(request('a'), second)).toMatchObject({ text: request('a'), refused: 'it is asked for' });
  expect(passed(request('a') + second)).toMatchObject({ text: '', refused: 'it is asked for' });
});

test.each([
  ['a chunked body', request('', 'Transfer-Encoding: chunked\r\n'), 'its length is not told beforehand'],
  ['two lengths', request('a', 'content-length: 5\r\n'), 'it has content-length twice'],
  ['two hosts', request('a', 'host: evil.example\r\n'), 'it has host twice'],
  ['two targets', request('a', 'x-amz-target: a\r\nX-Amz-Target: b\r\n'), 'it has x-amz-target twice'],
  [
    'a length that is none',
    request('').replace('Content-Length: 0', 'Content-Length: +1'),
    'its Content-Length is no number',
  ],
  ['a folded line', request('', 'X: a\r\n b: c\r\n'), 'a line of its head is no header'],
  ['a space before the colon', request('', 'Origin : x\r\n'), 'a line of its head is no header'],
  ['a bare line end', request('', 'X: a\nOrigin: b\r\n'), 'a line of its head is no header'],
  ['another protocol', request('', 'Upgrade: h2c\r\n'), 'it asks for another protocol'],
  ['HTTP/1.0', request('').replace('1.1', '1.0'), 'it does not begin as a request of HTTP/1.1 does'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'it does not begin as a request of HTTP/1.1 does'],
  ['a head without end', `POST / HTTP/1.1\r\n${'x: y\r\n'.repeat(5_000)}`, 'its head has more than 16384 bytes'],
])('%s is refused', (_, bytes, refused) => {
  expect(passed(bytes)).toMatchObject({ text: '', refused });
});
