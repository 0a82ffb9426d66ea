import { createHash } from 'node:crypto';
import { Failure } from '../operating/failure.ts';
import { milliseconds } from '../operating/terminal.ts';
import { type CollectedArchive, type CollectedClip, type CollectedEpisode, collected } from './collected.ts';
import { escaped, GENERATOR } from './pages.ts';
import type { ReportFacts } from './report-facts.ts';
import { cleanLine } from './shared/clean-text.ts';
import { counted, day, daysOf, duration, number, percent, position } from './shared/format.ts';

/** More is no mail any more: the folder of pages searches and sorts. */
export const SINGLE_AT_MOST = 2_000;

/** So many of each kind are named. */
const UNKNOWN_AT_MOST = 100;

const STYLE = `:root{color-scheme:light dark;--ink:#1d2433;--quiet:#5a6478;--rule:#d5dae3;--paper:#fff}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e6e9ef;--quiet:#a5adbd;--rule:#3a4252;--paper:#12161f}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:52rem;margin:2rem auto;padding:0 1rem}
h1,h2{overflow-wrap:anywhere}h1{font-size:1.9rem;line-height:1.2;margin:0 0 .5rem}h2{font-size:1.15rem;margin:2rem 0 .25rem}p{margin:.25rem 0}
.quiet{color:var(--quiet)}table{border-collapse:collapse;width:100%}
td,th{padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--rule);text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{font-weight:600;color:var(--quiet)}.date{white-space:nowrap;width:7.5rem}.at{font-variant-numeric:tabular-nums}
@media (max-width:30rem){td,th{display:block;border:0;padding:0}tr{display:block;padding:.4rem 0;border-bottom:1px solid var(--rule)}thead{display:none}}
@page{margin:15mm 14mm}
@media print{body{margin:0;padding:0;max-width:none;font-size:10.5pt}h2,h2+p,thead{break-after:avoid}tr{break-inside:avoid}}`;

/**
 * The findings as one page without scripts, for mailing and printing.
 * @param since only what was found since, ms since the epoch
 * @throws Failure when there are more findings than such a page can hold
 */
export function singlePage(name: string, facts: ReportFacts, since?: number): string {
  const archive = collected(facts);
  const title = cleanLine(name) || 'Archive';
  const clips = [...archive.clips.values()]
    .map((clip) => ({ clip, findings: standing(clip, since) }))
    .filter(({ findings }) => findings.length > 0)
    .sort((a, b) => a.clip.name.localeCompare(b.clip.name, 'en', { numeric: true, sensitivity: 'base' }));
  const count = clips.reduce((sum, { findings }) => sum + findings.length, 0);
  if (count > SINGLE_AT_MOST) {
    throw new Failure(
      `${number(count)} findings are too many for one page (at most ${number(SINGLE_AT_MOST)}): leave --single out, or take only what is new with --since.`,
    );
  }
  const { at, pairs, outlookSentence } = facts.status;
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const asOf = `As of ${day(daysOf(at))}, ${at.slice(11, 16)} UTC`;
  const what = since === undefined ? '' : ` found since ${day(daysOf(new Date(since).toISOString()))}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="${GENERATOR}">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1><bdi>${escaped(title)}</bdi></h1>
<p>${counted(count, 'finding')}${what} of ${counted(clips.length, 'clip')} in ${counted(facts.episodes.size, 'episode')}.</p>
<p class="quiet">${asOf}: ${percent(pairs.researched, pairs.total)} researched; ${escaped(outlookSentence.replaceAll('`', ''))}.</p>
${unknownOf(archive)}${clips.map(({ clip, findings }) => sectionOf(clip, findings, archive)).join('\n')}
</body>
</html>
`;
}

/** What is no answer: a clip that is not on the page may be one of these. */
function unknownOf({ clips, episodes }: CollectedArchive): string {
  const list = (title: string, entries: Iterable<CollectedClip | CollectedEpisode>): string => {
    const lines = [...entries]
      .filter(({ unknown }) => unknown !== '')
      .map(({ name, unknown }) => `<li><bdi>${escaped(name)}</bdi>: ${escaped(unknown)}</li>`);
    const more = lines.length - UNKNOWN_AT_MOST;
    const shown = more > 0 ? [...lines.slice(0, UNKNOWN_AT_MOST), `<li>and ${number(more)} more</li>`] : lines;
    return lines.length === 0 ? '' : `<section>\n<h2>${title}</h2>\n<ul>${shown.join('')}</ul>\n</section>\n`;
  };
  return `${list('Clips that cannot be judged', clips.values())}${list('Episodes not heard in full', episodes.values())}`;
}

type Findings = CollectedClip['findings'];

const standing = ({ findings }: CollectedClip, since = Number.NEGATIVE_INFINITY): Findings =>
  findings.filter(({ variant, researchDate }) => variant === 0 && Date.parse(researchDate) >= since);

function sectionOf(clip: CollectedClip, findings: Findings, { episodes }: CollectedArchive): string {
  const plays = findings.reduce((sum, { offsetsNs }) => sum + offsetsNs.length, 0);
  const rows = findings
    .map((finding) => ({ finding, episode: episodes.get(finding.episode) }))
    .sort((a, b) => (b.episode?.aired ?? 0) - (a.episode?.aired ?? 0))
    .map(({ finding, episode }) => {
      const times = finding.offsetsNs.map((ns) => position(milliseconds(ns) / 1000)).join(', ');
      return `<tr><td class="date">${day(episode?.aired ?? null)}</td><td><bdi>${escaped(episode?.name ?? '')}</bdi></td><td class="at">${times}</td></tr>`;
    });
  const facts = [duration(clip.seconds), `${counted(plays, 'play')} in ${counted(findings.length, 'episode')}`];
  return `<section>
<h2><bdi>${escaped(clip.name)}</bdi></h2>
<p class="quiet">${facts.filter(Boolean).join(' · ')}</p>
<table><thead><tr><th scope="col">Aired</th><th scope="col">Episode</th><th scope="col">Plays at</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table>
</section>`;
}
