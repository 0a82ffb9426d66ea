import { researchView } from '../../cli/research-view.ts';
import type { ResearcherEvent } from '../../researcher/worker/researcher-events.ts';
import { perfectClip, perfectEpisode } from '../support/perfect-messages.ts';

const episode = { ...perfectEpisode(), title: 'One\u001b[2J' };
const clip = { ...perfectClip(), title: 'A\tjingle' };
const item = { leaseId: 'lease', episode };
const pair = { ...item, clip, index: 0, clips: 2 };

test('elsewhere than in a terminal, plays are rows on stdout, the rest is lines on stderr, and nothing moves the cursor', () => {
  const [out, err]: [string[], string[]] = [[], []];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0);
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0);
  const events: ResearcherEvent[] = [
    { kind: 'item-received', ...item, clips: 2 },
    { kind: 'progress', ...item, share: 0.5 },
    {
      kind: 'pair',
      ...pair,
      plays: [{ offsetNs: 61e9, score: 0.9, likeness: 0.9, coverage: 1, heardFromNs: 0, heardToNs: 1e9, speed: 1 }],
      possible: [],
      distinctive: true,
    },
    { kind: 'clip-failed', ...pair, index: 1, reason: 'this is an HTML page, not audio' },
    { kind: 'lease-done', ...item, reported: 2, clips: 2, end: 'finished' },
    { kind: 'trouble', doing: 'receiving work', reason: 'connect ECONNREFUSED' },
    { kind: 'waiting' },
  ];
  const view = researchView();
  events.forEach(view.told);
  view.stop();
  jest.restoreAllMocks();
  expect(out).toEqual(['A jingle\tOne [2J\t00:01:01\t0.9\n']);
  expect(err).toEqual([
    'One [2J: opening\n',
    '“A jingle”: this is an HTML page, not audio\n',
    'receiving work: connect ECONNREFUSED\n',
    'waiting for work\n',
  ]);
});
