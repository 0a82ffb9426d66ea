import { MissingData, receiveData } from './data.ts';
import { h } from './dom.ts';
import { clipPage } from './pages/clip.ts';
import { clipsPage } from './pages/clips.ts';
import { episodePage } from './pages/episode.ts';
import { episodesPage } from './pages/episodes.ts';
import { findingsPage, newPage } from './pages/findings.ts';
import { overviewPage } from './pages/overview.ts';

const PAGES: Readonly<Record<string, () => Promise<readonly HTMLElement[]>>> = {
  overview: overviewPage,
  findings: findingsPage,
  new: newPage,
  episodes: episodesPage,
  clips: clipsPage,
  episode: episodePage,
  clip: clipPage,
};

receiveData();
void show();

async function show(): Promise<void> {
  const main = document.getElementById('main');
  const page = PAGES[document.body.dataset.page ?? ''];
  if (main === null || page === undefined) return;
  const late = setTimeout(() => main.replaceChildren(h('p', { class: 'loading', role: 'status' }, 'Loading …')), 300);
  let content: readonly HTMLElement[];
  try {
    content = await page();
  } catch (error) {
    if (!(error instanceof MissingData)) throw error;
    content = missing(error.message);
  } finally {
    clearTimeout(late);
  }
  main.replaceChildren(...content);
  main.removeAttribute('aria-busy');
}

function missing(file: string): HTMLElement[] {
  return [
    h('h1', {}, 'There is nothing here'),
    h(
      'p',
      {},
      `The report has no ${file}. Perhaps the address is of another report, or the folder was not copied whole.`,
    ),
    h('p', {}, h('a', { href: 'index.html' }, 'To the overview')),
  ];
}
