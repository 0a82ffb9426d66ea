/** Feeds as text; each test shows the one thing that differs. */

export interface ItemParts {
  readonly title?: string;
  readonly guid?: string;
  readonly pubDate?: string;
  readonly enclosure?: string;
  readonly more?: string;
}

export const PUB_DATE = 'Wed, 01 May 2024 10:00:00 GMT';

export function item({
  title = 'One',
  guid,
  pubDate = PUB_DATE,
  enclosure = enclosed('one.mp3'),
  more = '',
}: ItemParts = {}): string {
  const parts = [
    title && `<title>${title}</title>`,
    guid && `<guid isPermaLink="false">${guid}</guid>`,
    pubDate && `<pubDate>${pubDate}</pubDate>`,
    enclosure,
    more,
  ];
  return `<item>${parts.filter(Boolean).join('')}</item>`;
}

export function enclosed(url: string, type = 'audio/mpeg'): string {
  return `<enclosure url="${url}" type="${type}" length="1"/>`;
}

export function rss(items: string, channel = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom"
  xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:media="http://search.yahoo.com/mrss/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dcterms="http://purl.org/dc/terms/">
<channel><title>A show</title>${channel}${items}</channel></rss>`;
}

export function atom(entries: string, feed = ''): string {
  return `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>A show</title>${feed}${entries}</feed>`;
}

export function next(href: string, rel = 'next'): string {
  return `<atom:link rel="${rel}" href="${href}"/>`;
}
