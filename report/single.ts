import { createHash } from 'node:crypto';
import { Failure } from '../operating/failure.ts';
import { type OfOnePair, withCopies } from '../operating/reading/copies.ts';
import { milliseconds } from '../operating/terminal.ts';
import { partHeard } from '../operating/unknown-words.ts';
import { type CollectedArchive, type CollectedClip, type CollectedEpisode, collected } from './collected.ts';
import type { ShownFinding } from './found-findings.ts';
import { asOf, escaped, htmlDocument } from './html-document.ts';
import type { ReportFacts } from './report-facts.ts';
import { cleanLine } from './shared/clean-text.ts';
import { counted, day, dayOfMs, duration, number, percent, position } from './shared/format.ts';
import { variantText } from './shared/one-play.ts';

/** More is no mail any more: the folder of pages searches and sorts. */
export const SINGLE_AT_MOST = 2_000;

/** So many of each kind are named. */
const UNKNOWN_AT_MOST = 100;

const STYLE = `:root{color-scheme:light dark;--ink:#1d2433;--quiet:#5a6478;--rule:#d5dae3;--paper:#fff}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e6e9ef;--quiet:#a5adbd;--rule:#3a4252;--paper:#12161f}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:52rem;margin:2rem auto;padding:0 1rem}
h1,h2{overflow-wrap:anywhere}h1{font-size:1.9rem;line-height:1.2;margin:0 0 .5rem}h2{font-size:1.15rem;margin:2rem 0 .25rem}p{margin:.25rem 0}
.quiet{color:var(--quiet)}table{border-collapse:collapse;width:100%;table-layout:fixed}
td,th{padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--rule);text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{font-weight:600;color:var(--quiet)}th:first-child{width:8rem}th:last-child{width:30%}.date{white-space:nowrap;width:7.5rem}.at{font-variant-numeric:tabular-nums}
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
    .map((clip) => ({ clip, rows: wanted(archive, clip, since) }))
    .filter(({ rows }) => rows.some((row) => archive.findings.stands(row)))
    .sort((a, b) => a.clip.name.localeCompare(b.clip.name, 'en', { numeric: true, sensitivity: 'base' }));
  const count = clips.reduce((sum, { rows }) => sum + rows.filter((row) => archive.findings.stands(row)).length, 0);
  if (count > SINGLE_AT_MOST) {
    throw new Failure(
      `${number(count)} findings are too many for one page (at most ${number(SINGLE_AT_MOST)}): leave --single out, or take only what is new with --since.`,
    );
  }
  const { at, pairs, outlookSentence } = facts.status;
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const what = since === undefined ? '' : ` found since ${day(dayOfMs(since))}`;
  return htmlDocument({
    title,
    policy: `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
    head: `<style>${STYLE}</style>`,
    body: `<h1><bdi>${escaped(title)}</bdi></h1>
<p>${counted(count, 'finding')}${what} of ${counted(clips.length, 'clip')} in ${counted(facts.episodes.size, 'episode')}.</p>
<p class="quiet">${asOf(at)}: ${percent(pairs.researched, pairs.total)} researched; ${escaped(outlookSentence.replaceAll('`', ''))}.</p>
${unknownOf(archive)}${clips.map(({ clip, rows }) => sectionOf(clip, rows, archive)).join('\n')}`,
  });
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

/** Findings and variants, rows of the archive's. */
const wanted = ({ findings }: CollectedArchive, { entry }: CollectedClip, since = Number.NEGATIVE_INFINITY): number[] =>
  [...findings.ofClip(entry.ordinal)].filter(
    (row) => since === Number.NEGATIVE_INFINITY || findings.foundAtOf(row) >= since,
  );

function sectionOf(clip: CollectedClip, rows: readonly number[], archive: CollectedArchive): string {
  const { episodes, findings } = archive;
  const standing = rows.filter((row) => findings.stands(row));
  const plays = standing.reduce((sum, row) => sum + findings.playsOf(row), 0);
  const lines = withCopies(rows.map((row) => findings.shown(row)))
    .map((finding) => ({ finding, episode: episodes.get(finding.episode), places: placesOf(finding, clip, archive) }))
    .filter(({ places }) => places.length > 0)
    .sort((a, b) => (b.episode?.aired ?? 0) - (a.episode?.aired ?? 0) || a.finding.episode - b.finding.episode)
    .map(({ finding: { variant, isOtherCopy }, episode, places }) => {
      const only = variantText({ variant, ...(isOtherCopy === true && { otherCopy: true }) });
      const note = only === '' ? '' : ` <span class="quiet">${only}</span>`;
      return `<tr><td class="date">${day(episode?.aired ?? null)}</td><td><bdi>${escaped(episode?.name ?? '')}</bdi>${note}</td><td class="at">${places.join(', ')}</td></tr>`;
    });
  const facts = [duration(clip.seconds), `${counted(plays, 'play')} in ${counted(standing.length, 'episode')}`];
  return `<section>
<h2><bdi>${escaped(clip.name)}</bdi></h2>
<p class="quiet">${facts.filter(Boolean).join(' · ')}</p>
<table><thead><tr><th scope="col">Aired</th><th scope="col">Episode</th><th scope="col">Plays at</th></tr></thead><tbody>
${lines.join('\n')}
</tbody></table>
</section>`;
}

/**
 * Each with the part that is heard where it is one, the clip that fits better where there is one, and where other copies
 * have it; of a variant only what does not stand already.
 */
function placesOf(finding: ShownFinding & OfOnePair, clip: CollectedClip, { clips }: CollectedArchive): string[] {
  return finding.offsetsNs.flatMap((ns, place) => {
    if (finding.playNs?.[place] !== undefined) return [];
    const rival = clips.get(finding.rivalOf[place] ?? 0);
    const notes = [
      partHeard(finding, place, clip.seconds * 1e9),
      rival && `<bdi>${escaped(rival.name)}</bdi> fits better`,
      ...elsewhere(finding, place),
    ].filter(Boolean);
    const time = timeOf(ns);
    return [notes.length === 0 ? time : `${time} <span class="quiet">(${notes.join('; ')})</span>`];
  });
}

const timeOf = (ns: number): string => position(milliseconds(ns) / 1000);

function elsewhere({ alsoAt }: OfOnePair, place: number): string[] {
  const others = (alsoAt?.get(place) ?? []).filter(({ isOtherCopy }) => isOtherCopy);
  return others.length === 0 ? [] : [`at ${others.map(({ offsetNs }) => timeOf(offsetNs)).join(', ')} in another copy`];
}
