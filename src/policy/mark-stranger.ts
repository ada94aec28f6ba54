// A stranger's mail as its reader sees it: a field for filters, and some letters in front of the subject where the owner wants them.

import { Buffer } from 'node:buffer'
import { formatField, parseFields, valueOf, type Field } from '../mail/header.ts'
import { strangerResult, type Author } from './stranger.ts'

/** The header of the forward, without the empty line, to the same with the marks. */
export const markStranger = (header: Buffer, author: Author, prefix: string | null): Buffer =>
  Buffer.concat([formatField('X-Burnbox-Stranger', strangerResult(author)), prefix === null ? header : withPrefix(header, prefix)])

const withPrefix = (header: Buffer, prefix: string): Buffer => {
  const fields = parseFields(header)
  const at = fields.findIndex(({ name }) => name === 'subject')
  const subject = fields[at]
  if (!subject) return Buffer.concat([header, formatField('Subject', prefix)])
  if (valueOf(subject).startsWith(prefix)) return header
  return Buffer.concat(fields.map((field, n) => (n === at ? prefixed(field, prefix) : field.raw)))
}

/** On a line of its own: the octets behind it, and how long their line is, stay as they came. */
const prefixed = ({ raw }: Field, prefix: string): Buffer => {
  const text = raw.toString('latin1', raw.indexOf(58) + 1).replace(/^[ \t]*(\r?\n)?[ \t]*/, '')
  return Buffer.concat([Buffer.from(`Subject: ${prefix}\r\n `), Buffer.from(text === '' ? '\r\n' : text, 'latin1')])
}
