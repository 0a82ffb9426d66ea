import { day, daysOf } from './shared/format.ts';

/** Told from other folders by it, and never overwritten without it. */
export const GENERATOR = 'Archivist report';

interface HtmlDocument {
  readonly title: string;
  readonly policy: string;
  /** HTML, as are those below. */
  readonly head: string;
  readonly body: string;
  readonly bodyAttributes?: string;
}

/** What all pages begin with; nobody is told where they were opened from. */
export const htmlDocument = ({ title, policy, head, body, bodyAttributes = '' }: HtmlDocument): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="${GENERATOR}">
<title>${escaped(title)}</title>
${head}
</head>
<body${bodyAttributes}>
${body}
</body>
</html>
`;

/** @param at RFC 3339 */
export const asOf = (at: string): string => `As of ${day(daysOf(at))}, ${escaped(at.slice(11, 16))} UTC`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
