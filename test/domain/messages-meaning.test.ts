import { completedItem, meaningOf } from '../../domain/messages.ts';
import { perfectClip, perfectEpisode } from '../support/perfect-messages.ts';

const clip = perfectClip();
const reason = 'HTTP 404';
const say = (fields: Parameters<typeof completedItem>[1]) => meaningOf(completedItem(perfectEpisode(), fields));

describe('what a completed research item says', () => {
  it('a clip with offsets is a result with findings', () => {
    expect(say({ clipInfo: clip, clipOffsets: [1] })).toEqual({ kind: 'result', clip, found: true, lastWord: false });
  });

  it('an offset of 0 is a finding', () => {
    expect(say({ clipInfo: clip, clipOffsets: [0] })).toMatchObject({ kind: 'result', found: true });
  });

  it('a clip without offsets is a negative', () => {
    expect(say({ clipInfo: clip })).toEqual({ kind: 'result', clip, found: false, lastWord: false });
  });

  it('neither clip nor failure is a sign of life', () => {
    expect(say({})).toEqual({ kind: 'signOfLife', lastWord: false });
  });

  it('offsets without a clip are no more than a sign of life', () => {
    expect(say({ clipOffsets: [1] })).toEqual({ kind: 'signOfLife', lastWord: false });
  });

  it('a clip with a failure is a failure of the clip', () => {
    expect(say({ clipInfo: clip, failure: reason })).toEqual({ kind: 'clipFailure', clip, reason, lastWord: false });
  });

  it('a failure outweighs offsets', () => {
    expect(say({ clipInfo: clip, failure: reason, clipOffsets: [1] })).toMatchObject({ kind: 'clipFailure' });
  });

  it('a failure without a clip is a failure of the episode and the last word of its lease', () => {
    expect(say({ failure: reason })).toEqual({ kind: 'episodeFailure', reason, lastWord: true });
  });

  it.each([
    ['a result', { clipInfo: clip }, 'result'],
    ['a sign of life', {}, 'signOfLife'],
    ['a failure of the clip', { clipInfo: clip, failure: reason }, 'clipFailure'],
    ['a failure of the episode', { failure: reason }, 'episodeFailure'],
  ])('%s with revokeLease is the last word', (_, fields, kind) => {
    expect(say({ ...fields, revokeLease: true })).toMatchObject({ kind, lastWord: true });
  });
});
