// An account as people have it after a year: companies of all lengths and scripts, strangers, burned ones, held mail. Written past the
// program into its database, so that pages can be looked at as they are, and not only on their first day.
import { sql } from 'kysely'
import type { HoldReason } from '../../src/policy/decide.ts'
import type { Mailbox } from '../../src/mail/address.ts'
import type { Correspondents } from '../../src/store/correspondents.ts'
import type { Database } from '../../src/store/database.ts'
import { holdMessage } from '../support/held-message.ts'

type State = 'active' | 'burned' | 'closed'
type Shown = {
  readonly site: string
  readonly local: string
  readonly label?: string
  readonly state?: State
  readonly inboxes?: readonly ('home' | 'work')[]
  readonly note?: string
  readonly pinned?: boolean
  /** Hours since the last mail; without: never used. */
  readonly last?: number
  /** Mail a day, the newest last; negative was held. */
  readonly days?: readonly number[]
}

export const inboxes = ['home@family.example', 'work@family.example', 'kids@family.example'] as const
export const longCompany = 'braeuhaus-internationaler-versand-fuer-ersatzteile-und-zubehoer.example'

const steady = (every: number, many: number) => Array.from({ length: 30 }, (_, day) => (day % every ? 0 : many))

export const companies: readonly Shown[] = [
  { site: 'halden-outdoor.example', local: 'halden-3vm8t', label: 'Shopping', last: 0.2, days: steady(3, 2) },
  {
    site: 'shop.example', local: 'shop-7kq2m', label: 'Shopping', last: 0.7, days: [...steady(5, 1).slice(0, 25), 3, 1, 4, 5, 7],
    note: 'Garden chairs, order 20-4471.', pinned: true,
  },
  { site: 'kettle-salt.example', local: 'kettle-4fj8w', label: 'Shopping', last: 2, days: steady(4, 1) },
  { site: 'tramline.example', local: 'tramline-9xw2c', label: 'Travel', inboxes: ['home', 'work'], last: 3, days: steady(2, 2) },
  {
    site: 'deal-foundry.example', local: 'deal-foundry-2hs9b', label: 'Shopping', state: 'burned', last: 4,
    days: [...Array.from({ length: 17 }, (_, n) => 3 + (n % 5) * 2), ...Array.from({ length: 13 }, (_, n) => -2 - (n % 4) * 2)],
  },
  { site: 'pizza-volante.example', local: 'pizza-volante-8nq4k', label: 'Food 🍕', last: 27, days: steady(6, 1) },
  { site: 'مكتبة-الياسمين.example', local: 'yasmin-5dr7h', label: 'كتب نادرة', last: 29, days: steady(9, 1) },
  {
    site: 'parcelwise.example', local: 'parcelwise-5wm2g', label: 'Shopping', state: 'burned', inboxes: ['work'], last: 80,
    days: [1, 2, 0, 3, 0, -1, -1, 0, -2],
  },
  { site: longCompany, local: 'braeuhaus-internationaler-versand-2gt6p', label: 'House', inboxes: ['work'], last: 90, days: steady(8, 1) },
  { site: 'lumen-dental.example', local: 'lumen-dental-6yc3j', label: 'Health', last: 110, days: steady(7, 1) },
  { site: 'oresund-ferries.example', local: 'oresund-7bq4x', label: 'Travel', inboxes: ['home', 'work'], last: 140, days: steady(5, 1) },
  { site: 'brightside-energy.example', local: 'brightside-3kd8n', label: 'House', last: 200, days: steady(21, 1) },
  { site: 'sweepstakes.example', local: 'sweepstakes-9nz5r', state: 'closed', last: 500, days: steady(2, 3).map((many, day) => (day < 14 ? many : 0)) },
  { site: 'oude-weststad-library.example', local: 'library-4tm6w', label: 'Books', last: 900, days: [] },
  { site: 'forum.example', local: 'forum-2pk7d', last: 2000, days: [] },
  ...['garden', 'bank', 'cinema', 'school', 'museum', 'bakery', 'hotel', 'airline', 'hospital', 'theatre', 'choir', 'rowing'].map(
    (name, n): Shown => ({ site: `${name}.example`, local: `${name}-${'abcdefghijkm'[n]}3x7q`, label: n % 2 ? 'House' : 'Club' }),
  ),
]

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const ago = (hours: number) => new Date(Date.now() - hours * hourMs)

type Place = { readonly db: Database; readonly correspondents: Correspondents; readonly domain: string }

/** Returns the ids of the aliases by site. */
export async function fillShowroom({ db, correspondents, domain }: Place, accountId: string): Promise<ReadonlyMap<string, string>> {
  const { id: domainId } = await db.selectFrom('domains').select('id').where('name', '=', domain).executeTakeFirstOrThrow()
  const boxes = new Map<string, string>()
  for (const address of inboxes) {
    const row = await db.insertInto('inboxes')
      .values({ account_id: accountId, address, created_at: ago(9000), verified_at: address.startsWith('kids') ? null : ago(8990) })
      .onConflict((conflict) => conflict.columns(['account_id', 'address']).doUpdateSet({ created_at: ago(9000) }))
      .returning('id').executeTakeFirstOrThrow()
    boxes.set(address.split('@')[0]!, row.id)
  }
  await db.updateTable('account_settings').set({ default_inbox_id: boxes.get('home')! }).where('account_id', '=', accountId).execute()
  const ids = new Map<string, string>()
  for (const company of companies.toReversed()) ids.set(company.site, await addCompany(db, company, { accountId, domainId, domain, boxes }))
  await addDomains(db, accountId)
  await addHeld(db, ids)
  await addActivity(db, accountId, ids)
  await addCorrespondents(db, correspondents, ids)
  return ids
}

async function addDomains(db: Database, accountId: string) {
  await db.insertInto('domains').values({ name: 'ours.example', account_id: accountId }).execute()
  const names = [['ours.example', ago(8000)], ['wunderbar-und-sehr-lang-benannt.example', null]] as const
  for (const [name, provedAt] of names)
    await db.insertInto('domain_claims').values({ account_id: accountId, name, created_at: ago(8001), proved_at: provedAt }).execute()
}

type Into = { readonly accountId: string; readonly domainId: string; readonly domain: string; readonly boxes: ReadonlyMap<string, string> }

async function addCompany(db: Database, company: Shown, { accountId, domainId, domain, boxes }: Into): Promise<string> {
  const { state = 'active', days = [], last } = company
  const alias = await db.insertInto('aliases').values({
    account_id: accountId, domain_id: domainId, local_part: company.local, address: `${company.local}@${domain}`, state, site: company.site,
    label: company.label ?? null, note: company.note ?? null, pinned: company.pinned ?? false,
    created_at: ago(1700), burned_at: state === 'burned' ? ago(300) : null,
  }).returning(['id', 'uuid']).executeTakeFirstOrThrow()
  const count = (sign: 1 | -1) => days.reduce((sum, many) => sum + Math.max(0, many * sign), 0)
  await db.insertInto('alias_counts').values({
    alias_id: alias.id, account_id: accountId, delivered: count(1), held: count(-1), last_message_at: last === undefined ? null : ago(last),
  }).execute()
  for (const box of company.inboxes ?? ['home'])
    await db.insertInto('alias_inboxes').values({ alias_id: alias.id, inbox_id: boxes.get(box)!, account_id: accountId }).execute()
  const counted = days.flatMap((many, at) => (many ? [{ many, at }] : []))
  for (const { many, at } of counted)
    await sql`insert into daily_counts (account_id, alias_id, day, delivered, held)
      values (${accountId}, ${alias.id}, ${new Date(Date.now() - (days.length - 1 - at) * dayMs).toISOString().slice(0, 10)}::date,
        ${Math.max(0, many)}, ${Math.max(0, -many)})`.execute(db)
  return alias.uuid
}

type Letter = {
  readonly from: string
  readonly subject: string
  /** Hours ago. */
  readonly hours: number
  readonly body?: string
  readonly reason?: HoldReason
  readonly said?: string
}

const receipt = `<div style="font-family:sans-serif;max-width:510px"><img src="http://img.deal-foundry.example/head.png" width="510" height="80">
<h2>Thank you for your order</h2><p>Order 88-2041 was paid. Keep this receipt for the warranty.</p>
<table width="100%"><tr><td>Cast iron pan, 28 cm</td><td align="right">39.00</td></tr><tr><td>Delivery</td><td align="right">4.90</td></tr>
<tr><td><b>Total, paid by card</b></td><td align="right"><b>43.90</b></td></tr></table>
<p>Questions? <a href="https://help.deal-foundry.example/orders/88-2041">Write to us</a>.</p></div>`

const letters: Readonly<Record<string, readonly Letter[]>> = {
  'parcelwise.example': [{ from: 'Parcelwise <hello@parcelwise.example>', subject: 'Your parcel waits at locker 12', hours: 78 }],
  'مكتبة-الياسمين.example': [{
    from: 'مكتبة الياسمين <books@yasmin.example>', subject: 'فهرس الكتب النادرة لصيف ٢٠٢٦ 📚', hours: 40,
    reason: 'refused', said: '552 5.3.4 Message too big',
  }],
  'kettle-salt.example': [{
    from: 'Kettle & Salt <code@kettle-salt.example>', subject: 'Your sign-in code is 418 207', hours: 2,
    reason: 'unauthentic', said: 'DMARC fail: the From domain asks to reject',
  }],
  'deal-foundry.example': [
    ...Array.from({ length: 9 }, (_, n): Letter => ({
      from: 'Deal Foundry Daily <daily@deal-foundry.example>', subject: `Ends tonight ⏰ Everything must go, part ${n + 1}`, hours: 290 - n * 20,
    })),
    {
      from: 'Your friends at the Deal Foundry Preferred Customers Club <club@deal-foundry.example>', hours: 50,
      subject: 'We saved something for you, and it is a rather long subject that does not fit',
    },
    { from: 'Deal Foundry <receipts@deal-foundry.example>', subject: 'Your receipt for order 88-2041', hours: 4, body: receipt },
  ],
}

async function addHeld(db: Database, ids: ReadonlyMap<string, string>) {
  for (const [site, each] of Object.entries(letters))
    for (const { from, subject, hours, body = '<p>Hello.</p>', reason = 'burned', said } of each)
      await holdMessage(db, ids.get(site)!,
        `From: ${from}\nTo: you@${site}\nSubject: ${subject}\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n${body}\n`, {
          from, subject, reason, at: ago(hours), ...(said && { reasonText: said }),
          authentication: `burn.example; spf=pass smtp.mailfrom=${site}; dkim=pass header.d=${site}; dmarc=pass header.from=${site}`,
        })
}

async function addActivity(db: Database, accountId: string, ids: ReadonlyMap<string, string>) {
  const alias = await db.selectFrom('aliases').select(['id', 'address']).where('uuid', '=', ids.get('shop.example')!).executeTakeFirstOrThrow()
  const line = (hours: number, kind: string, sender: string | null, reply: string | null = null, delivery: number | null = null) => ({
    at: ago(hours), account_id: accountId, alias_id: alias.id, alias_address: alias.address, kind, sender, reply,
    delivery_id: delivery === null ? null : String(delivery), size: 4200,
  })
  await db.insertInto('activity').values([
    line(1700, 'created', null),
    line(30.2, 'queued', 'shop.example <orders@shop.example>', '451 4.7.1 Greylisted, try again later', 7),
    line(30.1, 'deferred', 'shop.example <orders@shop.example>', '451 4.7.1 Greylisted, try again later', 7),
    line(30, 'delivered', 'shop.example <orders@shop.example>', '250 2.0.0 Ok: queued as 7C1D0', 7),
    line(3, 'delivered', 'Shop Ltd <news@shop.example>', '250 2.0.0 Ok: queued as 1B2C3', 8),
    line(0.7, 'delivered', 'جائزتك في انتظارك 🎁 <win@mail.prize-desk.example>', '250 2.0.0 Ok: queued as 4B2F1', 9),
  ]).execute()
}

const longWriter = `${'a-very-long-name-'.repeat(3)}@deals.example`
const writers = ['care@shop.example', 'orders@shop.example', 'news@mailer.example', 'win@mail.prize-desk.example', longWriter]

async function addCorrespondents(db: Database, correspondents: Correspondents, ids: ReadonlyMap<string, string>) {
  const alias = await db.selectFrom('aliases').select(['id', 'uuid', 'account_id as accountId']).where('uuid', '=', ids.get('shop.example')!)
    .executeTakeFirstOrThrow()
  for (const writer of writers) await correspondents.reverseLocalPartFor(alias, writer as Mailbox, { remember: false })
}
