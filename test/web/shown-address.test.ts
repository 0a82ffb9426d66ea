import { nameOrAddress, shownAddress, shownSource } from '../../web/shown-address.ts';

test.each([
  ['https://media.example/a.mp3', 'https://media.example/…'],
  ['https://media.example/', 'https://media.example/'],
  ['https://media.example', 'https://media.example/'],
  ['HTTPS://MEDIA.example:8443/u/s3cret/rss', 'https://media.example:8443/…'],
  ['https://media.example/?token=s3cret', 'https://media.example/…'],
  ['https://media.example/#s3cret', 'https://media.example/…'],
  ['https://me:s3cret@media.example/', 'https://media.example/…'],
  ['https://s3cret@media.example/a', 'https://media.example/…'],
  ['ftp://me:s3cret@media.example/a', 'ftp://media.example/…'],
  ['mailto:s3cret@example.org', 'mailto:…'],
  ['data:audio/mpeg,s3cret', 'data:…'],
  ['file:///music/a.mp3', 'file:///music/a.mp3'],
  ['/u/s3cret/rss', '/…'],
  ['?token=s3cret', '/…'],
  ['media.example/u/s3cret', 'media.example/…'],
  ['//me:s3cret@media.example/a', '…'],
  ['me:s3cret@media.example', 'me:…'],
  ['http://me:s3cret@', '…'],
  ['media?token=@s3cret', '…'],
  ['http://:99999/s3cret', 'http:/…'],
  ['no address', 'no address'],
  ['', ''],
])('%s is shown as %s', (address, shown) => {
  expect(shownAddress(address)).toBe(shown);
  expect(shownAddress(address)).not.toContain('s3cret');
});

test('what is endless has an end', () => {
  expect(shownAddress('x'.repeat(10_000))).toHaveLength(201);
  expect(shownAddress(`https://${'x'.repeat(10_000)}.example/`).length).toBeLessThanOrEqual(201);
});

test('a source is shown by where it leads, or by its path', () => {
  expect(shownSource('https://me:s3cret@feeds.example/u/s3cret?token=s3cret')).toBe('https://feeds.example/…');
  for (const path of ['./drops/2019', '/srv/shows', 'feed.xml', 'C:\\shows']) expect(shownSource(path)).toBe(path);
});

test('an entry without a title is named by where its medium is', () => {
  const mediaUri = 'https://media.example/u/s3cret/a.mp3';
  expect(nameOrAddress({ title: 'One', mediaUri })).toBe('One');
  expect(nameOrAddress({ title: '', mediaUri })).toBe('https://media.example/…');
});
