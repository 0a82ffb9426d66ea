import { encodedMp3 } from './mp3-encoder.ts';
import { randomFrom } from './random.ts';
import {
  EPISODE_SECONDS,
  SAMPLE_CLIPS,
  SAMPLE_EPISODES,
  type SampleClip,
  type SampleEpisode,
  SHOW,
  TOLERANCE_SECONDS,
} from './sample-collection.ts';
import { effectLike } from './synthesis/effects.ts';
import { musicLike } from './synthesis/music.ts';
import { addTo, faded, levelled, RATE, rms, samplesIn } from './synthesis/signal.ts';
import { speakerFrom, speechLike } from './synthesis/speech.ts';

const CLIP_FORMAT = { sampleRate: RATE, channels: 1, kbps: 40 } as const;
const EPISODE_FORMAT = { sampleRate: RATE, channels: 1, kbps: 32 } as const;

/** All files of samples/ by their path below it. The same bytes on every run and machine. */
export async function sampleFiles(): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const sounds = new Map<string, Float32Array>();
  for (const clip of SAMPLE_CLIPS) {
    if (clip.sound === 'broken') {
      files.set(`clips/${clip.file}`, Buffer.from(WEB_PAGE));
      continue;
    }
    const sound = clipSound(clip);
    sounds.set(clip.title, sound);
    files.set(`clips/${clip.file}`, await encodedMp3(sound, CLIP_FORMAT));
  }
  for (const episode of SAMPLE_EPISODES) {
    files.set(`episodes/${episode.file}`, await encodedMp3(episodeSound(episode, sounds), EPISODE_FORMAT));
  }
  files.set('feed.xml', Buffer.from(feed(files)));
  files.set('clips.jsonl', Buffer.from(SAMPLE_CLIPS.map(clipLine).join('')));
  files.set('expected.json', Buffer.from(`${JSON.stringify(expected(), null, 2)}\n`));
  return files;
}

function clipSound(clip: SampleClip): Float32Array {
  const random = randomFrom(`samples/clip/${clip.file}`);
  switch (clip.sound) {
    case 'broken':
      throw new TypeError(`${clip.title} has no sound`);
    case 'speech':
      return speechLike(random, clip.seconds);
    case 'music':
      return musicLike(random, clip.seconds);
    case 'speech over music': {
      const sound = speechLike(random, clip.seconds);
      addTo(sound, musicLike(random, clip.seconds), 0, 0.5);
      return levelled(sound, 0.14);
    }
    default:
      return effectLike(random, clip.seconds, clip.sound);
  }
}

/** Two speakers in turns, and the plays over them or in their stead. */
function episodeSound(episode: SampleEpisode, sounds: ReadonlyMap<string, Float32Array>): Float32Array {
  const random = randomFrom(`samples/episode/${episode.file}`);
  const out = new Float32Array(samplesIn(EPISODE_SECONDS));
  const speakers = [speakerFrom(random), speakerFrom(random)] as const;
  for (let at = 0, turn = 0; at < out.length; turn++) {
    const talk = speechLike(random, random.between(3, 8), speakers[turn % 2 === 0 ? 0 : 1]);
    addTo(out, talk, at, 0.6);
    at += talk.length;
  }
  for (const play of episode.plays) {
    const sound = sounds.get(play.clip);
    if (sound === undefined) throw new TypeError(`no sound for ${play.clip}`);
    const from = samplesIn(play.seconds);
    const talk = out.subarray(from, from + sound.length);
    const gain = play.overTalk === undefined ? 1 : (play.overTalk * rms(talk)) / rms(sound);
    if (play.overTalk === undefined) talk.fill(0);
    addTo(out, sound, from, gain);
    for (let i = from; i < from + sound.length; i++) out[i] = Math.min(0.98, Math.max(-0.98, out[i]!));
  }
  return faded(out, 0.02);
}

function clipLine(clip: SampleClip): string {
  const message = {
    initialDateCurated: clip.curated,
    lastDateCurated: clip.curated,
    curatorInformation: 'samples',
    title: clip.title,
    description: clip.description,
    mediaUri: `clips/${clip.file}`,
    mediaType: 'audio/mpeg',
    ...(clip.priority === 0 ? {} : { priority: clip.priority }),
  };
  return `${JSON.stringify(message)}\n`;
}

function feed(files: ReadonlyMap<string, Buffer>): string {
  const items = SAMPLE_EPISODES.map((episode) => {
    const path = `episodes/${episode.file}`;
    return `    <item>
      <title>${escaped(episode.title)}</title>
      <description>${escaped(episode.description)}</description>
      <guid isPermaLink="false">${episode.file.replace('.mp3', '')}</guid>
      <pubDate>${new Date(episode.aired).toUTCString()}</pubDate>
      <enclosure url="${path}" length="${files.get(path)?.length}" type="audio/mpeg"/>
      <itunes:duration>${EPISODE_SECONDS}</itunes:duration>
    </item>
`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">
  <channel>
    <title>${escaped(SHOW.title)}</title>
    <link>${SHOW.link}</link>
    <description>${escaped(SHOW.description)}</description>
    <language>en</language>
${items.join('')}  </channel>
</rss>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The truth by title: every pair with a play, offsets ascending, and what cannot be researched. */
function expected() {
  return {
    toleranceSeconds: TOLERANCE_SECONDS,
    episodes: SAMPLE_EPISODES.length,
    clips: SAMPLE_CLIPS.length,
    findings: SAMPLE_EPISODES.flatMap((episode) =>
      [...new Set(episode.plays.map((play) => play.clip))].map((clip) => ({
        episode: episode.title,
        clip,
        offsetsSeconds: episode.plays.filter((play) => play.clip === clip).map((play) => play.seconds),
      })),
    ),
    failed: SAMPLE_CLIPS.filter((clip) => clip.sound === 'broken').map((clip) => ({
      clip: clip.title,
      reason: 'the file is a web page, not audio',
    })),
  };
}

const WEB_PAGE = `<!DOCTYPE html>
<html lang="en">
<head><title>404 Not Found</title></head>
<body><h1>Not Found</h1><p>The requested file lost-tape.mp3 was not found on this server.</p></body>
</html>
`;
