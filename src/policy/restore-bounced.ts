// A forward of ours that came back in a bounce, made into something that can be forwarded again.
import { Buffer } from 'node:buffer'
import { fieldsNamed, formatField, valueOf, type Field } from '../mail/header.ts'

/** The fields as rewriteHeader takes them: the author's From and Sender back, what we added gone. Without the empty line. */
export const restoreBounced = (fields: readonly Field[]): Buffer => {
  const from = fieldsNamed(fields, 'x-burnbox-from')[0]
  const madeUp = new Set(fieldsNamed(fields, 'x-burnbox-added').flatMap((field) => valueOf(field).toLowerCase().split(', ')))
  const ours = fieldsNamed(fields, 'x-burnbox-list-unsubscribe').length > 0 // else it is told by its link when it is sent again
  const kept: Buffer[] = []
  for (const field of fields) {
    if (field.name.startsWith('x-burnbox-') || madeUp.has(field.name) || (ours && /^list-unsubscribe(-post)?$/.test(field.name))) continue
    kept.push(field.name === 'from' && from ? formatField('From', valueOf(from)) : field.raw)
  }
  return Buffer.concat([...kept, ...movedBack(fields, 'Sender'), ...movedBack(fields, 'List-Unsubscribe'), ...furtherRecipients(fields)])
}

const movedBack = (fields: readonly Field[], name: string): Buffer[] =>
  fieldsNamed(fields, `x-burnbox-${name.toLowerCase()}`).map((field) => formatField(name, valueOf(field)))

// As a second To or Cc: the next rewriting gives each of them its own place again.
const furtherRecipients = (fields: readonly Field[]): Buffer[] =>
  ['To', 'Cc', 'Reply-To', 'Mail-Reply-To', 'Mail-Followup-To', 'Disposition-Notification-To'].flatMap((name) => movedBack(fields, name))
