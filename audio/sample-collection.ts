import type { Effect } from './synthesis/effects.ts';

/** A clip of the samples. `sound` says how it is made; a broken one is a web page that was saved as audio. */
export interface SampleClip {
  readonly file: string;
  readonly title: string;
  readonly description: string;
  readonly priority: number;
  readonly curated: string;
  readonly seconds: number;
  readonly sound: 'speech' | 'speech over music' | 'music' | Effect | 'broken';
}

export interface SamplePlay {
  /** Title of the clip. */
  readonly clip: string;
  /** Where in the episode the clip's first sample lies. */
  readonly seconds: number;
  /** How much louder than the talk below it, as a factor; without it the talk stops while the clip plays. */
  readonly overTalk?: number;
}

export interface SampleEpisode {
  readonly file: string;
  readonly title: string;
  readonly description: string;
  readonly aired: string;
  readonly plays: readonly SamplePlay[];
}

export const SHOW = {
  title: 'Harbour Lights Radio',
  description:
    'Three short episodes of a radio show that never was. All sound is synthesised; the talk says nothing at all.',
  link: 'https://example.org/harbour-lights',
} as const;

export const EPISODE_SECONDS = 40;

/** Offsets that are found must be within so many seconds of those in expected.json. */
export const TOLERANCE_SECONDS = 0.05;

export const SAMPLE_CLIPS: readonly SampleClip[] = [
  {
    file: 'opening-theme.mp3',
    title: 'Opening theme',
    description: 'The band, all four bars, as it opens every show.',
    priority: 5,
    curated: '2026-02-02T09:00:00Z',
    seconds: 3.5,
    sound: 'music',
  },
  {
    file: 'weather-jingle.mp3',
    title: 'And now the weather',
    description: 'The announcer over the marimba.',
    priority: 3,
    curated: '2026-02-02T09:05:00Z',
    seconds: 3,
    sound: 'speech over music',
  },
  {
    file: 'station-ident.mp3',
    title: 'You are listening to Harbour Lights',
    description: 'The station announcement by the night voice.',
    priority: 4,
    curated: '2026-02-02T09:10:00Z',
    seconds: 2.6,
    sound: 'speech',
  },
  {
    file: 'big-wave.mp3',
    title: 'Big wave',
    description: 'A wave that breaks. Plays whenever a guest exaggerates.',
    priority: 0,
    curated: '2026-02-03T18:30:00Z',
    seconds: 2.2,
    sound: 'whoosh',
  },
  {
    file: 'dishes.mp3',
    title: 'There go the dishes',
    description: 'A tray falls in the galley.',
    priority: 0,
    curated: '2026-02-03T18:31:00Z',
    seconds: 1.8,
    sound: 'crash',
  },
  {
    file: 'studio-audience.mp3',
    title: 'Studio audience',
    description: 'Applause of about thirty people.',
    priority: 1,
    curated: '2026-02-03T18:32:00Z',
    seconds: 2.5,
    sound: 'applause',
  },
  {
    file: 'captains-catchphrase.mp3',
    title: "The captain's catchphrase",
    description: 'What he always says when the line drops.',
    priority: 2,
    curated: '2026-02-10T07:15:00Z',
    seconds: 2,
    sound: 'speech',
  },
  {
    file: 'underwater.mp3',
    title: 'Underwater',
    description: 'Bubbles. Curated, but no show has played it yet.',
    priority: 0,
    curated: '2026-02-11T12:00:00Z',
    seconds: 2.4,
    sound: 'bubbles',
  },
  {
    file: 'closing-theme.mp3',
    title: 'Closing theme',
    description: 'The slow version. None of the three episodes plays it.',
    priority: 1,
    curated: '2026-02-11T12:01:00Z',
    seconds: 4,
    sound: 'music',
  },
  {
    file: 'lost-tape.mp3',
    title: 'The lost tape',
    description: 'Its server answered with a web page, which somebody saved as audio.',
    priority: 0,
    curated: '2026-02-12T08:00:00Z',
    seconds: 0,
    sound: 'broken',
  },
];

export const SAMPLE_EPISODES: readonly SampleEpisode[] = [
  {
    file: 'harbour-lights-41.mp3',
    title: '41: The Keeper of Gull Rock',
    description: 'Forty seconds with a man who has not left his lighthouse since spring.',
    aired: '2026-03-03T20:00:00Z',
    plays: [
      { clip: 'Opening theme', seconds: 0.5 },
      { clip: 'Big wave', seconds: 8.25, overTalk: 2 },
      { clip: 'And now the weather', seconds: 14 },
      { clip: 'Big wave', seconds: 20.6 },
      { clip: 'There go the dishes', seconds: 26.125 },
      { clip: 'Big wave', seconds: 33.4, overTalk: 2 },
      { clip: 'You are listening to Harbour Lights', seconds: 36.9 },
    ],
  },
  {
    file: 'harbour-lights-42.mp3',
    title: '42: Trains That Stop at the Sea',
    description: 'A branch line, its last timetable, and the people who still keep it.',
    aired: '2026-03-10T20:00:00Z',
    plays: [
      { clip: 'Opening theme', seconds: 0.5 },
      { clip: "The captain's catchphrase", seconds: 9.75 },
      { clip: 'Studio audience', seconds: 12.2 },
      { clip: "The captain's catchphrase", seconds: 22.3 },
      { clip: 'Studio audience', seconds: 24.6, overTalk: 2 },
      { clip: 'There go the dishes', seconds: 31.05, overTalk: 2 },
    ],
  },
  {
    file: 'harbour-lights-43.mp3',
    title: '43: What the Tide Left Behind',
    description: 'Bottles, boots, a piano. Listeners call in with what they found on the beach.',
    aired: '2026-03-17T20:00:00Z',
    plays: [
      { clip: 'Opening theme', seconds: 0.5 },
      { clip: 'You are listening to Harbour Lights', seconds: 4.4 },
      { clip: 'And now the weather', seconds: 18.5, overTalk: 2 },
      { clip: "The captain's catchphrase", seconds: 29.95 },
    ],
  },
];
