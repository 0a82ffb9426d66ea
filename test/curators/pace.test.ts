import { PACE, paceOf } from '../../curators/pace.ts';

const channel = (words: string) => `<rss version="2.0"><channel>${words}<item/></channel></rss>`;

test.each([
  ['nothing is said', '', channel(''), PACE.usual],
  ['ttl, in minutes', '', channel('<ttl>180</ttl>'), 180 * 60],
  [
    'twice a day',
    '',
    channel('<sy:updatePeriod> daily </sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>'),
    12 * 3600,
  ],
  ['Cache-Control', 'public, max-age=7200', channel(''), 7200],
  ['the longest counts', 'max-age=600', channel('<ttl>60</ttl>'), 3600],
  ['never oftener than every five minutes', 'max-age=1', channel(''), PACE.least],
  ['and once a day at least', '', channel('<ttl>99999</ttl>'), PACE.most],
  ['s-maxage is for caches between', 's-maxage=9000', channel(''), PACE.usual],
  ['nonsense', 'max-age=soon', channel('<ttl>often</ttl><sy:updatePeriod>always</sy:updatePeriod>'), PACE.usual],
])('PACE-1: %s', (_, cacheControl, text, seconds) => {
  expect(paceOf({ cacheControl, text })).toBe(seconds);
});

test('PACE-2: an answer that nothing has changed keeps what the feed said before', () => {
  expect(paceOf({ cacheControl: '' }, 7200)).toBe(7200);
  expect(paceOf({ cacheControl: 'max-age=10800' }, 7200)).toBe(10_800);
});
