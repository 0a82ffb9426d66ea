import fc from 'fast-check';
import { position, secondsText } from '../../operating/terminal.ts';

test('POSITION-2: a play at a whole second is shown in it; what is found a microsecond early is no second early', () => {
  expect([position(4_999_998_236), secondsText(4_999_998_236)]).toEqual(['00:00:05', '5.000']);
  expect([position(4_999_499_999), secondsText(4_999_499_999)]).toEqual(['00:00:04', '4.999']);
  expect([position(4_999_500_000), secondsText(4_999_500_000)]).toEqual(['00:00:05', '5.000']);
  expect(position(3_599_999_999_999)).toBe('01:00:00');
});

test('POSITION-3: the two columns of a row never contradict each other', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 53 }), (ns) => {
      const [hours = 0, minutes = 0, seconds = 0] = position(ns).split(':').map(Number);
      expect(Math.floor(Number(secondsText(ns)))).toBe(hours * 3600 + minutes * 60 + seconds);
    }),
  );
});
