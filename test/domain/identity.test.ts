import { clipNames, episodeNames, namesOf } from '../../domain/identity.ts';
import { perfectClip, perfectEpisode, without } from '../support/perfect-messages.ts';

const clip = clipNames(perfectClip());
const episode = episodeNames(perfectEpisode());

test('IDENTITY-1: names are SHA-256 sums in base64url, however long the URI or the title', () => {
  const long = { mediaUri: `https://${'ü'.repeat(2_000)}`, title: '\u{1f600}'.repeat(250) };
  for (const { uri, title } of [clip, episode, clipNames(long)]) {
    expect(uri).toMatch(/^[\w-]{43}$/);
    expect(title).toMatch(/^[\w-]{43}$/);
  }
});

test('IDENTITY-2: a clip is known by its URI and its title, and by nothing else', () => {
  const other = perfectClip({ id: '99', description: 'other', priority: -1, mediaType: 'audio/wav' });
  expect(clipNames(other)).toEqual(clip);
  expect(clipNames(perfectClip({ mediaUri: 'https://other.example.org/' }))).toEqual({
    uri: expect.not.stringMatching(clip.uri),
    title: clip.title,
  });
  expect(clipNames(perfectClip({ title: 'Other' }))).toEqual({
    uri: clip.uri,
    title: expect.not.stringMatching(clip.title ?? ''),
  });
});

test('IDENTITY-3: names are exact: no trimming, no folding of case or Unicode forms', () => {
  const titles = ['Hello', 'hello', 'Hello ', 'Hello\u0000', 'He\u0301llo', 'H\u00e9llo'];
  expect(new Set(titles.map((title) => clipNames(perfectClip({ title })).title)).size).toBe(titles.length);
});

test('IDENTITY-4: an episode is known by its URI, and by date aired and title together', () => {
  expect(episodeNames(perfectEpisode({ dateAired: '2024-01-31T20:00:00.001Z' }))).toEqual({
    uri: episode.uri,
    title: expect.not.stringMatching(episode.title ?? ''),
  });
  const undated = episodeNames(without(perfectEpisode(), 'dateAired'));
  expect(undated.title).toMatch(/^[\w-]{43}$/);
  expect(undated.title).not.toBe(episode.title);
});

test('IDENTITY-5: an empty title is no name', () => {
  expect(episodeNames(perfectEpisode({ title: '' }))).toEqual({ uri: episode.uri, title: undefined });
  expect(episodeNames(without(perfectEpisode({ title: '' }), 'dateAired')).title).toBeUndefined();
});

test('IDENTITY-6: names of clips and episodes, of URIs and titles, never meet', () => {
  const text = 'https://media.example.org/same';
  const info = perfectEpisode({ title: text, mediaUri: text });
  const names = [namesOf('clip', info), namesOf('episode', info)].flatMap(({ uri, title }) => [uri, title]);
  expect(new Set(names).size).toBe(4);
});

test('IDENTITY-7: where the title ends and the date begins cannot be feigned', () => {
  const feigned = without(perfectEpisode({ title: '2024-01-31T20:00:00Z","Episode 12: On trains' }), 'dateAired');
  expect(episodeNames(feigned).title).not.toBe(episode.title);
});
