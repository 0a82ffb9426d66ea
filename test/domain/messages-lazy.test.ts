import { message } from '../../domain/messages/message.ts';
import { flag } from '../../domain/messages/number-fields.ts';
import { InvalidMessage, parseClipInfo } from '../../domain/messages.ts';

test('a message is built when it is first read, and once', () => {
  let built = 0;
  const fields = () => {
    built++;
    return { loud: flag('Whether it is loud.') };
  };
  const sound = message('Sound', fields, 'A sound.');
  expect(built).toBe(0);
  expect(sound.parse({ loud: true })).toEqual({ loud: true });
  expect(sound.parse({})).toEqual({ loud: false });
  expect(built).toBe(1);
});

test('what is wrong is named at the first read as at the second', () => {
  const refusal = () => {
    try {
      return parseClipInfo('{}');
    } catch (error) {
      return error;
    }
  };
  const first = refusal();
  expect(first).toBeInstanceOf(InvalidMessage);
  expect(refusal()).toEqual(first);
});
