import { asOf, escaped, htmlDocument } from './html-document.ts';
import { day, dayOfMs } from './shared/format.ts';

/** The pages of a report. One page shows every episode, and one every clip: which one, its address says (`?id=12`). */
export const PAGES = [
  { file: 'index.html', page: 'overview', name: 'Overview', inNavigation: true },
  { file: 'findings.html', page: 'findings', name: 'Findings', inNavigation: true },
  { file: 'episodes.html', page: 'episodes', name: 'Episodes', inNavigation: true },
  { file: 'clips.html', page: 'clips', name: 'Clips', inNavigation: true },
  { file: 'episode.html', page: 'episode', name: 'Episode', inNavigation: false, parent: 'episodes' },
  { file: 'clip.html', page: 'clip', name: 'Clip', inNavigation: false, parent: 'clips' },
] as const;

/** Only of a report that was asked what is new. @param since ms since the epoch */
export const newPage = (since: number) =>
  ({
    file: 'new.html',
    page: 'new',
    name: `New since ${day(dayOfMs(since))}`,
    inNavigation: true,
  }) as const;

export type Page = (typeof PAGES)[number] | ReturnType<typeof newPage>;

/**
 * Nothing is loaded but what lies beside the page, and media when somebody plays them; nothing inline runs. `file:` is
 * what 'self' means on a page opened from a folder, in browsers that take 'self' for nothing there.
 * @param styleHashes of the style elements that the plotting library adds
 */
export function contentSecurityPolicy(styleHashes: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self' file:",
    `style-src 'self' file: ${styleHashes.map((hash) => `'${hash}'`).join(' ')}`,
    "img-src 'self' file:",
    'media-src http: https: file:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** A page without its content, which its script fills in. */
export function pageHtml(
  page: Page,
  { title, policy, madeAt, pages = PAGES }: { title: string; policy: string; madeAt: string; pages?: readonly Page[] },
): string {
  const heading = page.page === 'overview' ? title : `${page.name} – ${title}`;
  return htmlDocument({
    title: heading,
    policy,
    head: `<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="assets/report.css">
<script src="assets/theme.js"></script>
<script src="assets/report.js" defer></script>`,
    bodyAttributes: ` data-page="${page.page}"`,
    body: `<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="brand" href="index.html"><bdi>${escaped(title)}</bdi></a>
<nav aria-label="Pages">${pages
      .filter(({ inNavigation }) => inNavigation)
      .map((other) => navigationLink(other, page))
      .join('')}</nav>
<button type="button" class="theme" id="theme" hidden></button>
</header>
<main id="main" tabindex="-1" aria-busy="true"><noscript><h1>${escaped(heading)}</h1><p>This report is made on the page: please switch JavaScript on. Nothing is sent anywhere.</p></noscript></main>
<footer class="bottom">${asOf(madeAt)}. Made by Archivist with <a href="assets/licences.txt">open-source libraries</a>.</footer>`,
  });
}

function navigationLink({ file, page, name }: Page, current: Page): string {
  const here = page === current.page || ('parent' in current && page === current.parent);
  return `<a href="${file}"${here ? ` aria-current="${page === current.page ? 'page' : 'true'}"` : ''}>${name}</a>`;
}
