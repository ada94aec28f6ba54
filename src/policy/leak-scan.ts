// The walk over a reply: header, parts, files. Finds that can be rewritten become edits of its body, octets that are not named in them stay.
import { isUtf8, type Buffer } from 'node:buffer'
import { changedText, changeText, decodeText, type DecodedText } from '../mail/charset.ts'
import type { Edit } from '../mail/edited-content.ts'
import { endOfFields, parseFields } from '../mail/header.ts'
import { isMessage, parseMime, type Part } from '../mail/mime.ts'
import type { TextKind } from '../mail/text-views.ts'
import { decodeTransfer, encodeTransfer } from '../mail/transfer-encoding.ts'
import type { Find } from './leak.ts'
import { scanBlob, type BlobFind, type Packed } from './leak-blob.ts'
import { scanHeader } from './leak-header.ts'
import type { Needles } from './leak-needles.ts'
import { burnTokensIn, hiddenIn, hitsIn, inOrder, reverseAliasesIn, type Hit, type Names } from './leak-text.ts'
import { enclosedIn, headerPlace, insideOf, isAttachment, partHeaderPlace, placeOf } from './leak-where.ts'

export type Reply = { readonly header: Buffer; readonly body: Buffer }
export type Place = Pick<Find, 'where' | 'part'>
export type PackedPart = Packed & { readonly place: Place }
export type LeakScan = {
  readonly finds: readonly Find[]
  /** Of the body, in order. */
  readonly edits: readonly Edit[]
  readonly header: Buffer
  /** What has to be unpacked before anybody can say that it is clean. */
  readonly packed: readonly PackedPart[]
}

const maxRewrittenOctets = 2 * 1024 * 1024
const maxNested = 4
const mostFinds = 50

type Scene = {
  readonly bytes: Buffer
  readonly needles: Needles
  readonly names: Names
  readonly finds: Find[]
  readonly edits: Edit[]
  readonly packed: PackedPart[]
  /** How many encodings we are inside of. */
  readonly nested: number
}
/** What is true of a part because of where it stands. */
type Standing = {
  /** Behind every place: ' in the attached message "Hello"'. */
  readonly inside: string
  /** Nothing may be changed; `why` is added to the place. */
  readonly frozen: boolean
  readonly why: string
  /** What to leave out instead of the part itself: the signature, as then the rest may be rewritten; the part that it is encoded in. */
  readonly leaveOut: string | undefined
}

export const scanForLeaks = ({ header, body }: Reply, needles: Needles, names: Names): LeakScan => {
  const scene: Scene = { bytes: body, needles, names, finds: [], edits: [], packed: [], nested: 0 }
  const top = scanHeader(header, needles, names)
  scene.finds.push(...top.finds.map(({ what, shown, field }) => ({ what, shown, where: headerPlace(field), part: null })))
  const tree = parseMime(parseFields(header), body)
  if (tree.kind === 'unreadable') scene.finds.push({ what: 'unreadable', shown: '', where: `structure of the message: ${tree.why}`, part: null })
  else scanPart(scene, tree.root, { inside: '', frozen: false, why: '', leaveOut: undefined })
  return { finds: distinct(scene.finds), edits: scene.edits.toSorted((a, b) => a.start - b.start), header: top.header, packed: scene.packed }
}

/** A file that was packed in a part. */
export const scanUnpacked = (bytes: Buffer, place: Place, needles: Needles, names: Names, nested = 0): Pick<LeakScan, 'finds' | 'packed'> => {
  const scene: Scene = { bytes, needles, names, finds: [], edits: [], packed: [], nested }
  lookAt(scene, bytes, place)
  return { finds: distinct(scene.finds), packed: scene.packed }
}

/** Each once; a local-part is no news where its address was found. */
export const distinct = (finds: readonly Find[]): Find[] => {
  const each = [...new Map(finds.map((find) => [JSON.stringify(find), find])).values()].slice(0, mostFinds)
  return each.filter((find) => find.what !== 'local-part' || !each.some((other) =>
    other.what === 'address' && other.where === find.where && other.shown.startsWith(`${find.shown}@`)))
}

const scanPart = (scene: Scene, part: Part, standing: Standing): void => {
  scanPartHeader(scene, part, standing)
  const place = { where: placeOf(part) + standing.inside + standing.why, part: numberOf(part, standing) }
  for (const { start, end } of part.loose) {
    scanText(scene, part, { start, end, encoding: '7bit', kind: 'plain', frozen: standing.frozen,
      place: { ...place, where: `text between the parts of the message${standing.inside}` } })
  }
  const [child] = part.children
  if (child === undefined) scanLeaf(scene, part, standing, place)
  else if (isMessage(part.type)) scanPart(scene, child, { ...standing, inside: `${enclosedIn(part)}${standing.inside}` })
  else scanChildren(scene, part, standing)
}

const scanChildren = (scene: Scene, part: Part, standing: Standing): void => {
  const signature = part.type === 'multipart/signed' ? part.children[1] : undefined
  part.children.forEach((child, i) => scanPart(scene, child, signature && i === 0
    ? { inside: standing.inside, frozen: true, why: standing.why || ', which is signed and so cannot be changed',
      leaveOut: standing.leaveOut ?? signature.number }
    : standing))
}

const numberOf = (part: Part, { leaveOut }: Standing): string | null => (leaveOut ?? part.number) || null

const scanPartHeader = ({ bytes, needles, names, finds, edits }: Scene, part: Part, standing: Standing): void => {
  const { start, end } = part.header
  if (end === start) return
  const raw = bytes.subarray(start, end)
  const scanned = scanHeader(raw, needles, names)
  const place = { where: `${partHeaderPlace(part)}${standing.inside}${standing.why}`, part: numberOf(part, standing) }
  finds.push(...scanned.finds.map(({ what, shown }) => ({ what, shown, ...place })))
  if (scanned.header.equals(raw)) return
  // A signature over it would break; what is only a reverse alias may then stay.
  if (!standing.frozen) edits.push({ start, end, by: scanned.header })
  else for (const shown of addressesIn(raw.toString('utf8'), needles, names)) finds.push({ what: 'address', shown, ...place })
}

const addressesIn = (text: string, needles: Needles, names: Names): Set<string> =>
  new Set(hitsIn(text, needles, names.alias, { kind: 'folded', prose: false }).map(({ needle }) => needle.shown))

const rewritable = /^(?:text\/(?:plain|html|enriched|richtext|rfc822-headers|calendar)|application\/ics|message\/(?!rfc822|global$|news|partial)[\w-]+)$/

const textKind = (type: string): TextKind | undefined => {
  if (/^text\/(?:calendar|x-vcard|vcard|directory)$|^application\/ics$/.test(type)) return 'folded'
  if (/html|xml|svg/.test(type)) return 'html'
  return type.startsWith('text/') || type.startsWith('message/') ? 'plain' : undefined
}

const scanLeaf = (scene: Scene, part: Part, standing: Standing, place: Place): void => {
  const { start, end } = part.body
  if (part.type === 'message/partial') return void scene.finds.push({ what: 'unreadable', shown: '', ...place })
  const decoded = decodeTransfer(part.encoding, scene.bytes.subarray(start, end))
  if (decoded === undefined) return void scene.finds.push({ what: 'unreadable', shown: '', ...place })
  const kind = textKind(part.type)
  if (kind === undefined || isMessage(part.type) || decoded.length > maxRewrittenOctets) {
    return lookAt(scene, decoded, { where: insideOf(part) + standing.inside + standing.why, part: place.part }, kindOfFind(part), isMessage(part.type))
  }
  const isFile = isAttachment(part) && kind !== 'folded'
  const mayChange = rewritable.test(part.type) && !isFile && !standing.frozen
  scanText(scene, part, { start, end, encoding: part.encoding, kind, place, frozen: !mayChange })
}

const kindOfFind = ({ type }: Part): Find['what'] | undefined => {
  if (type === 'application/pgp-keys') return 'key'
  return /pkcs7|pkix|x509|pkcs12|x-pem/.test(type) ? 'certificate' : undefined
}

type Text = {
  readonly start: number
  readonly end: number
  readonly encoding: string
  readonly kind: TextKind
  readonly frozen: boolean
  readonly place: Place
}

const pgpSigned = /^-----BEGIN PGP SIGNED MESSAGE-----/m

const scanText = (scene: Scene, part: Part, { start, end, encoding, kind, frozen, place }: Text): void => {
  const { needles, names } = scene
  const octets = decodeTransfer(encoding, scene.bytes.subarray(start, end))!
  const decoded = decodeText(part.parameters.get('charset'), octets)
  const prose = !isAttachment(part)
  const add = (found: readonly BlobFind[]): void => void scene.finds.push(...found.map(({ what, shown }) => ({ what, shown, ...place })))
  const hits = hitsIn(decoded.text, needles, names.alias, { kind, prose })
  const blocked = hits.filter(({ needle }) => needle.what !== 'address')
  const ours = [...reverseAliasesIn(decoded.text, names, { kind, prose }), ...burnTokensIn(decoded.text, { kind, prose })]
  const changes = inOrder([...ours, ...hits.flatMap((hit) => hit.changes)])
  const changed = frozen || blocked.length > 0 || changes.length === 0 || pgpSigned.test(decoded.text) ? undefined : changeText(octets, decoded, changes)
  const encoded = changed && encodeTransfer(encoding, changed)
  if (changed === undefined || encoded === undefined) {
    add(foundBy(blocked.length > 0 ? blocked : hits))
    return add(otherFinds(scene, octets, decoded, kind, prose, place))
  }
  const text = changedText(decoded.text, changes)
  add(foundBy(hitsIn(text, needles, names.alias, { kind, prose })))
  add(otherFinds(scene, changed, { ...decoded, text }, kind, prose, place))
  scene.edits.push({ start, end, by: encoded })
}

const foundBy = (hits: readonly Hit[]): BlobFind[] => hits.map(({ needle: { what, shown } }) => ({ what, shown }))

// Armor, base64 and files in the text; and the octets as another charset would read them.
const otherFinds = (scene: Scene, octets: Buffer, { text, charset }: DecodedText, kind: TextKind, prose: boolean, place: Place): BlobFind[] => {
  const { needles, names: { alias } } = scene
  if (!prose || /-----BEGIN |^begin [0-7]{3,4} /m.test(text)) lookAt(prose ? { ...scene,
    needles: { ...needles, all: needles.all.filter(({ inText }) => inText) } } : scene, octets, place)
  const isWhatItSays = charset === 'utf-8' && isUtf8(octets) && !octets.includes(0)
  const readings = isWhatItSays ? [] : [octets.toString('latin1').replaceAll('\0', ''), octets.toString('utf8')]
  return [...hiddenIn(text, needles), ...readings.flatMap((reading) => foundBy(hitsIn(reading, needles, alias, { kind, prose })))]
}

const lookAt = (scene: Scene, octets: Buffer, place: Place, as?: Find['what'], isWhole = false): void => {
  const { needles, names, nested } = scene
  const blob = scanBlob(octets, needles, names.alias)
  scene.finds.push(...blob.finds.map(({ what, shown }) => ({ what: as ?? what, shown, ...place })))
  scene.packed.push(...blob.packed.map((packed) => ({ ...packed, place })))
  for (const message of isWhole && blob.messages.length === 0 ? [octets] : blob.messages) {
    if (nested >= maxNested) scene.finds.push({ what: 'unreadable', shown: '', ...place })
    else scanEnclosed({ ...scene, nested: nested + 1 }, message, place)
  }
}

// A message behind an encoding: it may be read, not changed.
const scanEnclosed = (scene: Scene, message: Buffer, place: Place): void => {
  const header = message.subarray(0, endOfFields(message))
  const bytes = message.subarray(header.length)
  const tree = parseMime(parseFields(header), bytes)
  scene.finds.push(...scanHeader(header, scene.needles, scene.names).finds.map(({ what, shown }) => ({ what, shown, ...place })))
  for (const shown of addressesIn(header.toString('utf8'), scene.needles, scene.names)) scene.finds.push({ what: 'address', shown, ...place })
  if (tree.kind === 'unreadable') scene.finds.push({ what: 'unreadable', shown: '', ...place })
  else scanPart({ ...scene, bytes }, tree.root, { inside: ` in ${place.where}`, frozen: true, why: '', leaveOut: place.part ?? undefined })
}
