// Where something was found, in words for its owner, who never heard of MIME.
import { fieldsNamed, valueOf } from '../mail/header.ts'
import { readable } from '../mail/encoded-word.ts'
import type { Part } from '../mail/mime.ts'

const maxName = 80

export const fileNameOf = (part: Part): string | undefined => {
  const name = part.disposition.parameters.get('filename') ?? part.parameters.get('name')
  return name === undefined || name.trim() === '' ? undefined : readable(name, maxName)
}

export const isAttachment = (part: Part): boolean => part.disposition.value === 'attachment' || fileNameOf(part) !== undefined

const kinds: readonly (readonly [RegExp, string])[] = [
  [/^text\/calendar$|ics$/, 'invitation'],
  [/^text\/(?:x-vcard|vcard|directory)$/, 'contact card'],
  [/^application\/pgp-keys$/, 'public key'],
  [/^application\/(?:pgp-signature|(?:x-)?pkcs7-signature)$/, 'digital signature'],
  [/^application\/(?:x-)?pkcs7-mime$/, 'signed or encrypted content'],
  [/^application\/(?:pkix-cert|x-x509|x-pem|pkcs)/, 'certificate'],
  [/^message\/(?:disposition-notification|delivery-status|global-)/, 'delivery or read report'],
  [/^image\//, 'picture'], [/^audio\//, 'sound'], [/^video\//, 'film'],
]

/** "text of the message", "attachment cv.pdf". */
export const placeOf = (part: Part): string => {
  const name = fileNameOf(part)
  const kind = kinds.find(([pattern]) => pattern.test(part.type))?.[1]
  if (kind !== undefined) return name === undefined ? kind : `${kind} ${name}`
  if (part.disposition.value !== 'attachment' && name === undefined) {
    if (part.type === 'text/html') return 'formatted text of the message'
    if (part.type.startsWith('text/')) return 'text of the message'
  }
  return name === undefined ? 'attachment without a name' : `attachment ${name}`
}

/** What is in a file but not what people see of it. */
export const insideOf = (part: Part): string => /^(?:image|audio|video)\//.test(part.type) ? `hidden data of ${placeOf(part)}` : placeOf(part)

export const enclosedIn = (part: Part): string => {
  const subject = fieldsNamed(part.children[0]?.fields ?? [], 'subject')[0]
  return subject === undefined ? ' in an attached message' : ` in the attached message "${readable(valueOf(subject), maxName)}"`
}

export const headerPlace = (name: string): string =>
  name === 'subject' ? 'subject of the message' : `header of the message (${name || 'a line without a name'})`

export const partHeaderPlace = (part: Part): string => {
  const name = fileNameOf(part)
  return name === undefined ? `label of the ${placeOf(part)}` : `file name or label of ${name}`
}
