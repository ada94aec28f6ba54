// ARC sets (RFC 8617) as a test wants them: good ones, and ones with a single thing wrong that the signature itself covers. Not our own
// code, on purpose: this is the other side.
import { createHash, sign, type KeyObject } from 'node:crypto'

export type Tags = Readonly<Record<string, string | undefined>>

export type SetOptions = {
  readonly key: KeyObject
  readonly instance: number
  /** Added to the usual tags, or taken away; `b` is what is written instead of the signature. */
  readonly messageSignature?: Tags
  readonly seal?: Tags
  /** The text of the tags before they are signed, `b=` empty in it. */
  readonly messageSignatureText?: (text: string) => string
  readonly sealText?: (text: string) => string
  /** The field as it is written, after it was signed and before it is sealed. */
  readonly finishedMessageSignature?: (field: string) => string
  readonly results?: string
  readonly sealKey?: KeyObject
  /** Of the earlier sets, in the order in which the seal covers them. */
  readonly before?: readonly string[]
}

type Canonical = 'relaxed' | 'simple'

export const messageOf = (fields: readonly string[], body: string): string => `${fields.map((field) => `${field}\r\n`).join('')}\r\n${body}`

const split = (message: string): { readonly fields: readonly string[]; readonly body: string } => {
  const at = message.indexOf('\r\n\r\n')
  const header = at < 0 ? message : message.slice(0, at)
  return { fields: header.split(/\r\n(?![ \t])/), body: at < 0 ? '' : message.slice(at + 4) }
}

const nameOf = (field: string): string => field.slice(0, field.indexOf(':')).trim().toLowerCase()

const relaxed = (field: string): string =>
  `${nameOf(field)}:${field.slice(field.indexOf(':') + 1).replace(/\r\n/g, '').replace(/[ \t]+/g, ' ').trim()}`

const bodyOf = (body: string, how: Canonical): string => {
  const text = how === 'simple' ? body : body.replace(/[ \t]+(?=\r\n|$)/g, '').replace(/[ \t]+/g, ' ')
  const trimmed = text.replace(/(\r\n)+$/, '')
  return trimmed === '' ? (how === 'simple' ? '\r\n' : '') : `${trimmed}\r\n`
}

const textOf = (tags: Tags): string => Object.entries(tags).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])).join('; ')

const signature = (input: string, key: KeyObject): string => sign('sha256', Buffer.from(input, 'latin1'), key).toString('base64')

/** The three fields of a set for a message: results, message signature, seal. */
export function arcSet(message: string, options: SetOptions): readonly [results: string, messageSignature: string, seal: string] {
  const { fields, body } = split(message)
  const results = options.results ?? `ARC-Authentication-Results: i=${options.instance}; lists.example.org; spf=pass smtp.mailfrom=d1.example;\r\n dmarc=pass`
  const usual = {
    a: 'rsa-sha256', b: '', bh: '', c: 'relaxed/relaxed', d: 'example.org', h: 'from:to:date:subject:mime-version', i: `${options.instance}`, s: 'dummy',
    t: '12345',
  }
  const wanted: Tags = { ...usual, ...options.messageSignature }
  const [header = 'simple', bodyHow = 'simple'] = (wanted['c'] ?? 'simple/simple').split('/') as Canonical[]
  const bh = 'bh' in (options.messageSignature ?? {})
    ? wanted['bh'] : createHash('sha256').update(bodyOf(body, bodyHow === 'relaxed' ? 'relaxed' : 'simple'), 'latin1').digest('base64')
  const tags: Tags = { ...wanted, bh }
  const canonical = (field: string): string => (header === 'relaxed' ? relaxed(field) : field)
  const left = [...fields]
  const signed = (wanted['h'] ?? '').split(':').flatMap((name) => {
    const at = left.findLastIndex((field) => nameOf(field) === name.trim().toLowerCase())
    return at < 0 ? [] : left.splice(at, 1)
  })
  const change = (edit: ((text: string) => string) | undefined, text: string): string => (edit ? edit(text) : text)
  // §3.7 of RFC 6376: the blanks around the value of `b=` go with it.
  const finish = (name: string, given: string, value: string | undefined, input: string, how: (field: string) => string, key: KeyObject): string => {
    const text = given.replace(/((?:^|[\s;])b\s*=)\s*(?=;|$)/, '$1')
    const signed = value || signature(input + how(`${name}: ${text}`), key)
    return `${name}: ${text.replace(/(?:^|[\s;])b\s*=(?=;|$)/, (tag) => `${tag}${signed}`)}`
  }

  const unsignedText = change(options.messageSignatureText, textOf({ ...tags, ...(tags['b'] !== undefined && { b: '' }) }))
  const messageSignature = change(options.finishedMessageSignature,
    finish('ARC-Message-Signature', unsignedText, tags['b'], signed.map((field) => `${canonical(field)}\r\n`).join(''), canonical, options.key))

  const cv = options.instance === 1 ? 'none' : 'pass'
  const sealTags: Tags = { a: 'rsa-sha256', b: '', cv, d: 'example.org', i: `${options.instance}`, s: 'dummy', t: '12345', ...options.seal }
  const sealText = change(options.sealText, textOf({ ...sealTags, ...(sealTags['b'] !== undefined && { b: '' }) }))
  const covered = [...options.before ?? [], results, messageSignature].map((field) => `${relaxed(field)}\r\n`).join('')
  return [results, messageSignature, finish('ARC-Seal', sealText, sealTags['b'], covered, relaxed, options.sealKey ?? options.key)]
}
