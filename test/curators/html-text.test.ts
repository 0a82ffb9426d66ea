import { htmlToText } from 'html-to-text';
import { htmlText } from '../../curators/html-text.ts';

/** What others make of it: of all that is not about pictures, links and tables, the same. */
const asOthersDo = (html: string): string =>
  htmlToText(html, {
    wordwrap: false,
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'img', format: 'skip' },
      ...['h1', 'h2', 'h3'].map((selector) => ({ selector, options: { uppercase: false } })),
    ],
  });

const evened = (text: string): string =>
  text
    .replace(/[ ]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();

test.each([
  '<p>One</p><p>Two</p>',
  '<p> One\n line </p>\n\n<p>Two</p>',
  'a<br>b<br/>c<BR />d',
  '<p>x:<br/>\n- a<br/>\n- b</p>',
  '<div><p>In</p></div>out',
  '<h1>A heading</h1>text<h3>Another</h3>more',
  '<ul><li>a</li><li>b</li></ul>behind',
  '<ul>\n<li>a</li>\n<li>b</li>\n</ul>',
  '<p>x</p><ul><li>a<ul><li>b</li></ul></li><li>c</li></ul><p>y</p>',
  '<ol><li>a</li><li>b</li></ol>',
  '<ul><li><p>a</p></li><li><p>b</p><p>c</p></li></ul>',
  '<blockquote>q<br>r</blockquote>z',
  '<pre>a\n  b</pre>c',
  'x<hr>y',
  'a <b>b</b>  <i>c</i>\n d',
  '<a href="https://x.example/?a=1&amp;b=2" title="a > b">here</a> and <img src="x" alt="y">there',
  'One &amp; two &lt;three&gt; &eacute;&#8230;',
  'a&nbsp;b',
  '1 < 2 and 3 > 2',
  '<script>alert("</p>")</script><style>p { }</style>seen',
  '<!-- not <b>seen</b> -->seen',
  '<b>never closed',
  'a<p></p><p></p>b',
])('%s is read as others read it', (html) => {
  expect(evened(htmlText(html))).toBe(evened(asOthersDo(html)));
});

test.each([
  ['cells apart, rows on lines', '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>', 'a b\nc'],
  ['items without a list on lines', '<li>a</li><li>b', 'a\nb'],
  ['terms and what they mean on lines', '<dl><dt>a</dt><dd>b</dd></dl>', 'a\nb'],
  ['numbers go on', '<ol start="9"><li>a<li>b</ol>', ' 9. a\n 10. b'],
  ['quotes that are never closed', '<a href="x>y</a> z', 'y z'],
  ['what is closed and was never opened', '</ul></blockquote></pre></p>a', 'a'],
  ['nothing', '', ''],
])('%s', (_, html, expected) => {
  expect(htmlText(html)).toBe(expected);
});

/** Each repeated to half a megabyte; whoever looked again and again would need minutes. */
test.each([
  '<',
  '<a',
  '<a "',
  '<a x="',
  "<a x='",
  '<!--',
  '<p>',
  '<div><ul><li>',
  '</',
  '<script>',
  '<!',
  '&',
  '&amp',
  '<pre>\n',
  ' \n',
])('%j without end takes as long as it is long', (part) => {
  const start = process.cpuUsage();
  expect(typeof htmlText(part.repeat(500_000 / part.length))).toBe('string');
  expect(process.cpuUsage(start).user / 1e6).toBeLessThan(8);
});
