// Whether a message tells an address, asked of another program: mailparser takes it apart, and nothing of the scan is used. What it shows is looked
// at in the plainest way: letters of any case, without what is invisible.
import { simpleParser, type ParsedMail } from 'mailparser'

/** Where it stands; empty when nowhere. */
export const revealedIn = async (message: Buffer, address: string, depth = 0): Promise<string[]> => {
  const found: string[] = []
  const look = (where: string, text: string): void => {
    if (readings(text).some((reading) => reading.includes(address.toLowerCase()))) found.push(where)
  }
  look('source', message.toString('latin1'))
  const parsed: ParsedMail = await simpleParser(message, { skipTextToHtml: true, skipImageLinks: true, skipHtmlToText: true })
  for (const { key, line } of parsed.headerLines) look(`header ${key}`, line)
  for (const [key, value] of parsed.headers) look(`header ${key}`, JSON.stringify(value))
  look('text', parsed.text ?? '')
  look('html', parsed.html || '')
  look('html without tags', (parsed.html || '').replaceAll(/<[^>]*>/g, ''))
  for (const attachment of parsed.attachments) {
    look('file name', attachment.filename ?? '')
    look('label', JSON.stringify([...attachment.headers]))
    for (const encoding of ['utf8', 'latin1', 'utf16le'] as const) look('file', attachment.content.toString(encoding))
    if (attachment.contentType === 'message/rfc822' && depth < 5) found.push(...await revealedIn(attachment.content, address, depth + 1))
  }
  return found
}

const readings = (text: string): string[] => {
  const shown = text.replaceAll(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\0]/g, '')
  const named = shown.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code))).replaceAll('&commat;', '@').replaceAll('&period;', '.')
  const plain = named.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return [text, shown, named, plain, plain.normalize('NFKC'), plain.replaceAll(/\r?\n[ >\t]*/g, '')].map((reading) => reading.toLowerCase())
}
