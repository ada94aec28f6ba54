// The document in the sealed frame: somebody else's mail on white paper. It names no remote thing, and its policy would load none; only
// when its reader asks for them it names remote images.
import type { Attachment } from 'mailparser'
import { sanitise } from './sanitise.ts'

const style = `
:root { color-scheme: light; background: #fff; color: #222; font: 15px/1.5 sans-serif; overflow-wrap: anywhere }
body { margin: 0; padding: 20px 24px }
img { max-width: 100%; height: auto } table { max-width: 100% } pre { white-space: pre-wrap }
.plain { white-space: pre-wrap; font: inherit }
.note { color: #5c5c58; font-size: 13px }
.bb-remote { display: inline-block; padding: 2px 6px; background: #f2f2f0; border: 1px dashed #8a8a86; color: #5c5c58; font-size: 12px }
a[data-host]::after { content: " [" attr(data-host) "]"; color: #5c5c58; font-size: 12px }
`

type Shown = { readonly document: string; readonly remote: number }

export const htmlDocument = (html: string, attachments: readonly Attachment[], remoteImages = false): Shown => {
  const { html: body, remote } = sanitise(html, attachments, remoteImages)
  return { document: whole(body), remote }
}

export const textDocument = (text: string, clipped: boolean): string =>
  whole(`<div class="plain">${linkified(text)}</div>${clipped ? more : ''}`)

const more = '<p class="note">It goes on: download the original to read the rest.</p>'

export const refusalDocument = (why: string): string =>
  whole(`<p>This message cannot be shown: ${escaped(why)}</p><p class="note">Download the original to read it with a mail program.</p>`)

const whole = (body: string): string => `<!doctype html>
<html lang="und">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer"><title>Message</title><style>${style}</style></head>
<body>${body}</body>
</html>
`

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
export const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (c) => entities[c]!)

/** One line for people: no control, direction or other invisible characters. */
export const plainLine = (text: string): string => text.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()

// A run without choices inside: its cost is linear whatever the text is.
const url = /\bhttps?:\/\/[^\s<>"'`()[\]{}]{1,2000}/g

const linkified = (text: string): string => {
  let done = 0
  let html = ''
  for (const { 0: found, index } of text.matchAll(url)) {
    const link = found.replace(/[.,;:!?]{1,10}$/, '')
    const target = URL.parse(link)
    if (!target) continue
    html += escaped(text.slice(done,
      index)) + `<a href="${escaped(target.href)}" target="_blank" rel="noopener noreferrer nofollow">${escaped(link)}</a>`
    done = index + link.length
  }
  return html + escaped(text.slice(done))
}
