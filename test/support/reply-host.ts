// A host for replies: the inbox's provider (home.example, SPF and DKIM) and the shop on one recording next hop, the owner's alias between them.
//   const replies = await openReplyHost()                 // at the top of a file
//   const shop = await replies.written(alias)             // the shop wrote; the owner has its message
//   await replies.answer(shop, { header: 'Cc: x@y.example' })
import { afterAll } from 'vitest'
import { parseMailbox, type Mailbox } from '../../src/mail/address.ts'
import type { Alias } from '../../src/store/aliases.ts'
import type { Clock } from '../../src/clock.ts'
import { createDatabase, type TestDatabase } from './database.ts'
import { openMailProcess, type Account, type MailProcess } from './mail-process.ts'
import { openNextHop, type Arrived, type NextHop } from './next-hop.ts'
import { sendOn, openSender } from './sender.ts'
import { createSigner, keyName, signed, type Signer } from './signed.ts'
import { until } from './until.ts'
import { openZone, type Zone } from './zone.ts'

export type Written = {
  readonly alias: Alias
  /** As the owner's server got it. */
  readonly arrived: Arrived
  readonly reverse: Mailbox
  readonly messageId: string
}

export type Answer = {
  readonly from?: string
  readonly reversePath?: string
  readonly to?: readonly string[]
  /** The whole message instead of an ordinary one. */
  readonly message?: string | Buffer
  /** Further fields. */
  readonly header?: string
  readonly body?: string
  readonly toField?: string
  readonly messageId?: string
  readonly subject?: string
  readonly parameters?: string
  readonly sign?: Signer | false
}

export type ReplyHost = {
  readonly mail: MailProcess
  readonly hop: NextHop
  readonly zone: Zone
  readonly db: TestDatabase['db']
  readonly owner: Account
  readonly home: Signer
  /** A new alias of the owner, or of another account. */
  alias(options?: { readonly account?: Account; readonly toAll?: boolean; readonly displayName?: string }): Promise<Alias>
  /** A stranger writes to the alias; `from` as the field has it. */
  written(alias: Alias, options?: { readonly from?: string; readonly header?: string; readonly body?: string; readonly messageId?: string }): Promise<Written>
  /** Resolves to the last reply of the conversation. */
  answer(to: Written, answer?: Answer): Promise<string>
  /** What came to the correspondents since `from` (a length of hop.arrived). */
  left(since: number): readonly Arrived[]
}

export const unfolded = (message: Arrived): string => {
  const text = message.bytes.toString('latin1')
  return text.slice(0, text.indexOf('\r\n\r\n') + 2).replaceAll(/\r\n[ \t]+/g, ' ')
}

export const fieldOf = (message: Arrived, name: string): string | undefined =>
  unfolded(message).split('\r\n').find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))?.slice(name.length + 1).trim()

export const fieldNames = (message: Arrived): string[] =>
  unfolded(message).split('\r\n').filter(Boolean).map((line) => line.slice(0, line.indexOf(':')))

export const bodyOf = (message: Arrived): string => {
  const text = message.bytes.toString('latin1')
  return text.slice(text.indexOf('\r\n\r\n') + 4)
}

let ids = 0

/** `direct`: by the DNS instead of a smarthost; of every domain of these tests the same next hop is the mail server, of burn.example this host. */
export async function openReplyHost(
  options: { readonly clock?: Clock; readonly env?: Record<string, string>; readonly direct?: boolean } = {},
): Promise<ReplyHost> {
  const { db, url } = await createDatabase()
  const home = createSigner('home.example')
  const zone = await openZone({
    'home.example TXT': ['v=spf1 ip4:127.0.0.1 -all'], '_dmarc.home.example TXT': ['v=DMARC1; p=reject'],
    [`${keyName(home)} TXT`]: [`v=DKIM1; k=rsa; p=${home.publicKey}`],
  })
  const hop = await openNextHop()
  const direct = { BURNBOX_RELAY: 'direct', BURNBOX_MX_PORT: String(hop.port), BURNBOX_MX_ALLOW_PRIVATE: 'true' }
  if (options.direct) {
    zone.set('burn.example MX', [[10, 'burn.example']])
    zone.set('mx.home.example A', ['127.0.0.1'])
    for (const name of ['home.example', 'other.example', 'shop.example']) zone.set(`${name} MX`, [[10, 'mx.home.example']])
  }
  afterAll(() => zone[Symbol.asyncDispose]())
  afterAll(() => hop[Symbol.asyncDispose]())
  const mail = await openMailProcess(url, {
    relay: hop.url, shared: true, env: { BURNBOX_DNS: zone.server, ...options.direct && direct, ...options.env }, ...options.clock && { clock: options.clock },
  })
  const owner = await mail.account('ann', ['ann@home.example', 'annette@home.example'])

  const arrivals = async (send: () => Promise<string>): Promise<Arrived> => {
    const before = hop.arrived.length
    const reply = await send()
    return until(() => hop.arrived[before], `the message at the inbox, after ${reply}`)
  }

  return {
    mail, hop, zone, db, owner, home,
    alias: async ({ account = owner, toAll = false, displayName } = {}) => {
      const alias = await mail.alias(account, { toAll })
      if (displayName !== undefined) await db.updateTable('aliases').set({ display_name: displayName }).where('id', '=', alias.id).execute()
      return alias
    },
    written: async (alias, { from = 'Shop <orders@shop.example>', header = '', body = 'Your order', messageId = `s${++ids}@shop.example` } = {}) => {
      const message = [`From: ${from}`, `To: ${alias.address}`, 'Subject: Your order', 'Date: Thu, 01 Jan 2026 00:00:00 +0000', `Message-ID: <${messageId}>`,
        `${header}\r\n${body}\r\n`].join('\r\n')
      const arrived = await arrivals(async () => (await mail.send({ to: alias.address, message, from: 'orders@shop.example' })).dot)
      const reverse = /<(r\.[a-z2-7]{26}@burn\.example)>/.exec(fieldOf(arrived, 'From') ?? '')?.[1]
      return { alias, arrived, reverse: parseMailbox(reverse!)!, messageId }
    },
    answer: async (written, answer = {}) => {
      const { from = 'Ann Onymous <ann@home.example>', reversePath = 'ann@home.example', header = '', body = 'Thank you', subject = 'Re: Your order' } = answer
      const plain = [`From: ${from}`, `To: ${answer.toField ?? written.reverse}`, `Subject: ${subject}`, 'Date: Thu, 01 Jan 2026 12:00:00 +0200',
        `Message-ID: <${answer.messageId ?? `a${++ids}@mail.home.example`}>`, `In-Reply-To: <${written.messageId}>`, `References: <${written.messageId}>`,
        `${header}\r\n${body}\r\n`].join('\r\n')
      const { sign = home } = answer
      const message = answer.message ?? (sign ? await signed(plain, sign) : plain)
      const sender = await openSender(mail.port)
      try {
        const { mail: atMail, rcpt, data, dot } = await sendOn(sender, {
          from: reversePath, to: answer.to ?? [written.reverse], message, ...answer.parameters !== undefined && { parameters: answer.parameters },
        })
        return dot || (data.startsWith('354') ? '' : [atMail, ...rcpt].find((reply) => /^[45]/.test(reply)) ?? data)
      } finally {
        sender.close()
      }
    },
    left: (since) => hop.arrived.slice(since),
  }
}
