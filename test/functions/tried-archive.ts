import { Bitset } from '../../domain/bitset.ts';
import type { Ledger } from '../../domain/ledger.ts';
import {
  bodyOf,
  type ClipInfo,
  type CompletedResearchItem,
  completedItem,
  type EpisodeInfo,
  type PendingResearchItem,
  parsePendingResearchItem,
} from '../../domain/messages.ts';
import type { ResearchSettings } from '../../domain/research-settings.ts';
import { recordResearch } from '../../functions/completed-research-archivist/drain.ts';
import { understand } from '../../functions/completed-research-archivist/understand.ts';
import { archiveEntries } from '../../functions/curation/archive-entries.ts';
import { assignResearch } from '../../functions/pending-research-archivist/assign-research.ts';
import { settingsDivided } from '../simulation/world/plan.ts';
import { memoryArchive } from '../support/memory/memory-archive.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
/** Tests begin here. */
export const START = Date.UTC(2026, 0, 1);

/** A result of a clip among several, but for the clip. */
export const NOTHING_SAID = {
  ...{ clipDuration: 0, clipHash: '', clipOffsets: [], clipScores: [], clipHeardFrom: [], clipHeardTo: [] },
  failure: '',
};

/** An archive in memory whose clock stands still until a test moves it. */
export class TriedArchive {
  now = START;
  readonly settings: ResearchSettings;
  readonly archive = memoryArchive({ clock: () => this.now });
  timeLeft = 50 * SECOND;
  private ids = 0;
  private things = 0;

  constructor(settings: Partial<ResearchSettings> = {}) {
    this.settings = { ...settingsDivided(1, 100), ...settings };
  }

  readonly clock = (): number => this.now;

  pass(ms: number): void {
    this.now += ms;
  }

  clipInfo(fields: Partial<ClipInfo> = {}): ClipInfo {
    const number = ++this.things;
    const info = {
      initialDateCurated: '2025-01-01T00:00:00Z',
      lastDateCurated: '2025-01-01T00:00:00Z',
      curatorInformation: '',
      title: `clip ${number}`,
      description: '',
      mediaUri: `https://media.example.org/clip/${number}.mp3`,
      mediaType: 'audio/mpeg',
      priority: 0,
    };
    return { ...info, ...fields };
  }

  episodeInfo(fields: Partial<EpisodeInfo> = {}): EpisodeInfo {
    const number = this.things + 1;
    const names = { title: `episode ${number}`, mediaUri: `https://media.example.org/episode/${number}.mp3` };
    return { ...this.clipInfo(), ...names, dateAired: '2025-01-01T20:00:00Z', ...fields };
  }

  clips = (...infos: ClipInfo[]) => archiveEntries('clip', infos, { ...this.archive, clock: this.clock });
  episodes = (...infos: EpisodeInfo[]) => archiveEntries('episode', infos, { ...this.archive, clock: this.clock });

  async filled(episodes: number, clips: number): Promise<this> {
    for (let index = 0; index < clips; index++) await this.clips(this.clipInfo());
    for (let index = 0; index < episodes; index++) await this.episodes(this.episodeInfo());
    return this;
  }

  /** As if somebody had reported every clip: any number of work items may hold them. */
  async allTried(): Promise<this> {
    const clips = Bitset.of(this.archive.state.clip.keys());
    await this.archive.ledgers.changeControl((control) => ({ ...control, tried: { clips, asOf: this.now } }));
    return this;
  }

  assign() {
    return assignResearch({
      ...this.archive,
      settings: this.settings,
      clock: this.clock,
      timeLeft: () => this.timeLeft,
      newLeaseId: () => `00000000-0000-4000-8000-${(++this.ids).toString().padStart(12, '0')}`,
    });
  }

  /** A drain a moment later, so that what was sent now lies before what is drained. */
  async record() {
    return recordResearch({
      ...this.archive,
      understanding: async () => ({ understand }),
      settings: this.settings,
      clock: this.clock,
      timeLeft: () => this.timeLeft,
      runId: `run ${++this.ids}`,
      visibilityMs: MINUTE,
    });
  }

  /** Drains so that everything up to now counts as drained: clocks may differ by five seconds. */
  async drainedUntilNow() {
    this.pass(6 * SECOND);
    return this.record();
  }

  /** What a researcher that asks now receives, and deletes. */
  take(): PendingResearchItem {
    const [message] = this.archive.pendingMessages.receive(1);
    if (message === undefined) throw new Error('There is no work item');
    this.archive.pendingMessages.delete(message.receipt);
    return parsePendingResearchItem(message.body);
  }

  say(item: PendingResearchItem, fields: Partial<CompletedResearchItem> = {}): void {
    const message = completedItem(item.episode, { leaseId: item.leaseId, researcher: 'ann', ...fields });
    this.archive.completedMessages.send(bodyOf(message));
  }

  ledger(episode = 1): Ledger {
    const ledger = this.archive.state.ledgers.get(episode);
    if (ledger === undefined) throw new Error(`There is no ledger ${episode}`);
    return ledger;
  }
}
