/*
 * Runs before the page is drawn, so that a chosen theme does not flash up in the other one. Storage may be forbidden on
 * pages from a folder; then the theme lasts as long as the page.
 */

const KEY = 'archivist-report-theme';
const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const isTheme = (text: string | null | undefined): text is Theme => THEMES.includes(text as Theme);

function stored(): Theme {
  try {
    const text = localStorage.getItem(KEY);
    return isTheme(text) ? text : 'auto';
  } catch {
    return 'auto';
  }
}

function store(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {}
}

function apply(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

let theme = stored();
apply(theme);

document.addEventListener('DOMContentLoaded', () => {
  const button = document.getElementById('theme');
  if (button === null) return;
  const show = () => {
    button.textContent = theme;
    button.dataset.theme = theme;
    button.setAttribute('aria-label', `Colours: ${theme}`);
  };
  button.addEventListener('click', () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';
    store(theme);
    apply(theme);
    show();
  });
  show();
  button.hidden = false;
});
