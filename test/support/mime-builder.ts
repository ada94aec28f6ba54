// Messages for tests, written part by part.

export type Made = { readonly fields: string; readonly body: string | Buffer }

const b = (text: string | Buffer): Buffer => typeof text === 'string' ? Buffer.from(text) : text

export const base64Lines = (bytes: string | Buffer): string => b(bytes).toString('base64').replace(/.{1,76}/g, '$&\r\n')
export const quoted = (text: string): string => [...Buffer.from(text)].map((octet) =>
  octet === 13 || octet === 10 || (octet > 32 && octet < 127
    && octet !== 61) ? String.fromCharCode(octet) : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`).join('')
    .split('\r\n').map((line) => line.replace(/.{1,72}(?<!=.?)(?=.)/g, '$&=\r\n')).join('\r\n')

/** One part; `more` are further header lines, without line ends. */
export const part = (type: string, body: string | Buffer, ...more: readonly string[]): Made =>
  ({ fields: [`Content-Type: ${type}`, ...more].map((line) => `${line}\r\n`).join(''), body })

export const coded = (type: string, bytes: string | Buffer, ...more: readonly string[]): Made =>
  part(type, base64Lines(bytes), 'Content-Transfer-Encoding: base64', ...more)

export const file = (type: string, name: string, bytes: string | Buffer): Made =>
  coded(type, bytes, `Content-Disposition: attachment; filename="${name}"`)

let made = 0
export const multi = (subtype: string, parts: readonly Made[], parameters = '', loose: readonly [string, string] = ['', '']): Made => {
  const boundary = `=_part${made += 1}_`
  const pieces = parts.flatMap(({ fields, body }) => [b(`--${boundary}\r\n${fields}\r\n`), b(body), b('\r\n')])
  return {
    fields: `Content-Type: multipart/${subtype}; boundary="${boundary}"${parameters}\r\n`,
    body: Buffer.concat([b(loose[0]), ...pieces, b(`--${boundary}--\r\n${loose[1]}`)]),
  }
}

/** What leaves: header without the empty line, and the empty line with the body. */
export const whole = ({ fields, body }: Made, subject = 'Subject: Re: your order'): { readonly header: Buffer; readonly body: Buffer } => ({
  header: b(`From: shop-7kq2m@burn.example\r\nTo: support@shop.example\r\n${subject}\r\nMIME-Version: 1.0\r\n${fields}`),
  body: Buffer.concat([b('\r\n'), b(body)]),
})

export const asBytes = ({ fields, body }: Made): Buffer => Buffer.concat([b(`${fields}\r\n`), b(body)])
