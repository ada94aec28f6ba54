// C18 in its small form: 20,000 mutations through what the mail path does with a header, 300 of them to the reader. `npm run soak` sends 100,000.
import { afterAll, expect, test } from 'vitest'
import { createReader } from '../../src/http/reader/reader.ts'
import { lowerCased, parseMailbox, type Mailbox } from '../../src/mail/address.ts'
import { parseDsn } from '../../src/mail/dsn.ts'
import { headerViolation } from '../../src/mail/header-limits.ts'
import { endOfFields, parseFields } from '../../src/mail/header.ts'
import { correspondentsOf, rewriteHeader } from '../../src/policy/rewrite.ts'
import { screen } from '../../src/policy/screen.ts'
import { mutated } from '../support/mutate.ts'

const reader = createReader()
afterAll(() => reader[Symbol.asyncDispose]())
const alias = parseMailbox('shop-1@burn.example')!
const received = Buffer.from('Received: from x by burn.example; Sun, 22 Nov 2026 07:52:00 +0000\r\n')

test('C18 20,000 mutations: screened, rewritten and read as a report without a throw', () => {
  let passed = 0
  for (let seed = 1; seed <= 20_000; seed++) {
    const message = mutated(seed)
    const header = message.subarray(0, endOfFields(message))
    parseDsn(message)
    const violation = headerViolation(header)
    const fields = violation ? [] : parseFields(header)
    const verdict = screen({ reversePathKind: 'mailbox', headerViolation: violation, fields, aliases: [alias], isVerp: false })
    if (verdict.kind === 'refuse') continue
    const isOwn = (one: Mailbox): boolean => lowerCased(one) === alias
    const known = correspondentsOf(fields, isOwn).map(({ mailbox }) => lowerCased(mailbox))
    const rewritten = rewriteHeader(fields, {
      alias, received, isOwn, authservIds: ['burn.example'], ifAbsent: { date: new Date(0), messageId: 'x@burn.example' },
      reverseAliasOf: (one) => (known.includes(lowerCased(one)) ? parseMailbox(`r.${known.indexOf(lowerCased(one))}@burn.example`) : undefined),
    })
    expect(rewritten.toString('latin1'), `seed ${seed}`).not.toMatch(/\0|\r(?!\n)|(?<!\r)\n|\r\n\r\n/)
    passed += 1
  }
  expect(passed, 'most of them must get so far').toBeGreaterThan(10_000)
})

test('C18 300 mutations to the reader: each is shown, or said not to be', async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const bytes = mutated(seed)
    const seen = await reader.read({ size: bytes.length, bytes: (async function* () { yield bytes })() })
    expect(seen.shown || /\S/.test(seen.why), `seed ${seed}`).toBe(true)
    if (seen.shown) expect(seen.document, `seed ${seed}`).not.toMatch(/<script/i)
  }
})
