// What hostile headers are made of: fragments that parsers are known to read differently, and plain noise.
import fc from 'fast-check'

/** Seeds are kept, so that a run that failed fails again. */
export const seeded = (seed: number, numRuns = 2000): fc.Parameters<unknown> => ({ seed, numRuns })

const fragment = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(
    'a@evil.example', 'b@victim.example', 'shop-7kq2m@burn.example', 'me@real.example', '"x@evil.example"', '<a@evil.example>', '<', '>', '"', '(', ')',
    '[', ']', ',', ';', ':', '@', '\\', '.', ' ', '\t', '\r\n ', '\r\n\t', '\r\n', '\r', '\n', '\0', '=?utf-8?Q?', '=?utf-8?B?PGNlb0BldmlsLmV4YW1wbGU+?=',
    '=40evil.example', '=0D=0ABcc:', '?=', '＠evil.example', 'mailto:a@evil.example', '<mailto:a@evil.example?cc=c@evil.example>',
    '<https://evil.example/>', 'Reply-To: a@evil.example', 'Team:', '@h1,@h2:', 'ü', '日本', '\u202e', '👨‍👩‍👧‍👦',
    'x%evil.example@burn.example', 'r.abc@burn.example', '[192.0.2.1]', '\ud800',
  ) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
)

export const hostileValue = fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join(''))

const fieldName = fc.constantFrom(
  'From', 'Reply-To', 'To', 'Cc', 'Sender', 'Bcc', 'Mail-Reply-To', 'Mail-Followup-To', 'Disposition-Notification-To', 'Return-Receipt-To', 'Errors-To',
  'List-Unsubscribe', 'List-Post', 'Subject', 'X-Burnbox-From', 'Authentication-Results', 'Delivered-To', 'Resent-Reply-To',
  'From ', 'reply-to\r\n ', '', ' To', 'From x',
)

const colon = fc.constantFrom(':', ': ', ' : ', '', ':\r\n ')
const lineEnd = fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r')
export const hostileHeader = fc.array(fc.tuple(fieldName, colon, hostileValue, lineEnd), { maxLength: 10 })
  .map((fields) => fields.map((parts) => parts.join('')).join(''))

/** 1 MB each: what made other parsers slow or killed them. */
export const megabytes: readonly (readonly [name: string, text: string])[] = [
  '(', ')', '<', '>', '"', '"\\', ',', ';', ':', 'a:', '@', 'a@b,', 'a@b.c ', '<a@b>', '\\', '[', ' ', '\r\n ', '\r\n', 'x',
  '=?', '=?utf-8?q?', '=?utf-8?q?a?= ', '=?a?b?', '(a)', '""', '@a,', '<@a:', 'mailto:',
  '<mailto:a@b>,', '.', 'a.', 'ü', '\0', '--b\r\n', '; boundary=', '﷽',
].map((unit) => [unit, unit.repeat(Math.ceil(1_000_000 / unit.length))])
