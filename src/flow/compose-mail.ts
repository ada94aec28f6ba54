// The one form of the mail that Burnbox itself sends: paragraphs and at most a few links, as text and as HTML that says no colours,
// so that it is readable in the dark as in the light.

export type OwnText = {
  readonly paragraphs: readonly string[]
  /** Each on a line of its own. */
  readonly links?: readonly { readonly name: string; readonly url: string }[]
  readonly end?: readonly string[]
}

export const composeMail = ({ paragraphs, links = [], end = [] }: OwnText): { readonly text: string; readonly html: string } => ({
  text: [...paragraphs, ...links.map(({ name, url }) => `${name}:\n${url}`), ...end, ''].join('\n\n').trimEnd().concat('\n').replaceAll(/\r?\n/g, '\r\n'),
  html: [
    '<!doctype html>', '<html lang="en">',
    '<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"></head>',
    '<body style="font-family: sans-serif; font-size: 16px; line-height: 1.5; max-width: 36em">',
    ...paragraphs.map(paragraph),
    ...links.map(({ name, url }) => `<p><a href="${escaped(url)}">${escaped(name)}</a></p>`),
    ...end.map(paragraph), '</body>', '</html>', '',
  ].join('\r\n'),
})

const paragraph = (text: string): string => `<p>${escaped(text).replaceAll('\n', '<br>\r\n')}</p>`

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
/** Names that people chose and words of other servers are among it. */
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => escapes[character]!)
