// Files that name their maker, made here: archives, pictures, documents, keys, certificates.
import { crc32, deflateRawSync, deflateSync } from 'node:zlib'

const u16 = (value: number): Buffer => Buffer.from([value & 255, value >> 8])
const u32 = (value: number): Buffer => { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(value >>> 0); return bytes }
const be32 = (value: number): Buffer => u32(value).reverse()

export const zip = (files: Readonly<Record<string, string | Buffer>>): Buffer => {
  const locals: Buffer[] = []
  const entries: Buffer[] = []
  let at = 0
  for (const [name, text] of Object.entries(files)) {
    const bytes = Buffer.from(text as string)
    const packed = deflateRawSync(bytes)
    const facts = Buffer.concat([u16(20), u16(0), u16(8), u32(0), u32(crc32(bytes)), u32(packed.length), u32(bytes.length), u16(Buffer.byteLength(name)),
      u16(0)])
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), facts, Buffer.from(name), packed])
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02'), u16(20), facts, u16(0), u16(0), u16(0), u32(0), u32(at), Buffer.from(name)]))
    locals.push(local)
    at += local.length
  }
  const directory = Buffer.concat(entries)
  const count = u16(entries.length)
  return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06'), u16(0), u16(0), count, count, u32(directory.length), u32(at), u16(0)])
}

const chunk = (type: string, data: Buffer): Buffer => Buffer.concat([be32(data.length), Buffer.from(type), data,
  be32(crc32(Buffer.concat([Buffer.from(type), data])))])

export const png = (...texts: readonly Buffer[]): Buffer => Buffer.concat([
  Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', Buffer.from('00000001000000010802000000', 'hex')), ...texts,
  chunk('IDAT', deflateSync(Buffer.from([0, 255, 255, 255]))), chunk('IEND', Buffer.alloc(0)),
])
export const packedPngText = (text: string): Buffer => chunk('zTXt', Buffer.concat([Buffer.from('Author\0\0', 'latin1'), deflateSync(Buffer.from(text))]))

/** A JPEG's segment: Exif and XMP are APP1. */
export const jpeg = (segment: Buffer): Buffer => Buffer.concat([
  Buffer.from('ffd8ffe1', 'hex'), be32(segment.length + 2).subarray(2), segment, Buffer.from('ffdb0043', 'hex'), Buffer.alloc(65, 1),
    Buffer.from('ffd9', 'hex'),
])

/** One page that shows `shown`; its properties and page lie in packed streams. */
export const pdf = (author: string, shown: string): Buffer => {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    stream(`BT /F1 12 Tf 20 200 Td [${[...shown].map((letter) => `(${letter})`).join(' -1 ')}] TJ ET`),
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    `<< /Author <feff${Buffer.from(author, 'utf16le').swap16().toString('hex')}> >>`,
  ]
  const pieces = ['%PDF-1.5\n']
  const offsets = objects.map((object, i) => {
    const offset = pieces.reduce((sum, piece) => sum + piece.length, 0)
    pieces.push(`${i + 1} 0 obj\n${object}\nendobj\n`)
    return offset
  })
  const xref = pieces.reduce((sum, piece) => sum + piece.length, 0)
  pieces.push(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')}`,
    `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 6 0 R >>\nstartxref\n${xref}\n%%EOF\n`)
  return Buffer.from(pieces.join(''), 'latin1')
}

const stream = (text: string): string => {
  const packed = deflateSync(Buffer.from(text, 'latin1'))
  return `<< /Length ${packed.length} /Filter /FlateDecode >>\nstream\n${packed.toString('latin1')}\nendstream`
}

const packet = (tag: number, body: Buffer): Buffer => Buffer.concat([Buffer.from([0xc0 | tag, 255]), be32(body.length), body])
export const pgpKey = (userId: string): Buffer => Buffer.concat([packet(6, Buffer.alloc(51, 4)), packet(13, Buffer.from(userId)),
  packet(2, Buffer.alloc(90, 4))])
/** Subpacket 28: the signer's user ID. */
export const pgpSignature = (signer: string): Buffer => packet(2, Buffer.concat([
  Buffer.from([4, 0, 22, 10, 0, Buffer.byteLength(signer) + 2, Buffer.byteLength(signer) + 1, 28]), Buffer.from(signer), Buffer.alloc(70, 9)]))
export const pgpCompressed = (text: string): Buffer => packet(8, Buffer.concat([Buffer.from([1]), deflateRawSync(Buffer.from(text))]))
/** In partial lengths of 512 octets, so that what stands at their edge is cut in two. */
export const pgpInPieces = (text: string): Buffer => {
  const body = Buffer.from(`b\0\0\0\0\0${'x'.repeat(495)} ${text}`)
  return Buffer.concat([Buffer.from([0xc0 | 11, 0xe0 | 9]), body.subarray(0, 512), Buffer.from([body.length - 512]), body.subarray(512)])
}
export const armor = (label: string, bytes: Buffer): string =>
  `-----BEGIN PGP ${label}-----\r\n\r\n${bytes.toString('base64').replace(/.{1,64}/g, '$&\r\n')}=AAAA\r\n-----END PGP ${label}-----\r\n`

const der = (tag: number, ...values: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(values)
  const length = body.length < 128 ? Buffer.from([body.length]) : Buffer.from([0x82, body.length >> 8, body.length & 255])
  return Buffer.concat([Buffer.from([tag]), length, body])
}
const signedData = Buffer.from('06092a864886f70d010702', 'hex')
/** A certificate's subject and altname, as far as names go. */
export const certificate = (name: string, address: string): Buffer => der(0x30, der(0x31, der(0x30, Buffer.from('0603550403', 'hex'), der(0x0c,
  Buffer.from(name)))),
  der(0x04, der(0x30, der(0x81, Buffer.from(address)), der(0x30, Buffer.from('x')))))
export const pkcs7Signature = (name: string, address: string): Buffer => der(0x30, signedData, der(0xa0, der(0x30, der(0xa0, certificate(name, address)))))
/** The signed content comes in two pieces, as streaming programs write it. */
export const opaqueSigned = (content: Buffer): Buffer => {
  const half = content.length >> 1
  return der(0x30, signedData, der(0xa0, der(0x30, der(0x30, Buffer.from('06092a864886f70d010701', 'hex'),
    der(0xa0, der(0x24, der(0x04, content.subarray(0, half)), der(0x04, content.subarray(half))))))))
}
