// The owner answers as the alias: what the correspondent gets, and what becomes of it on the way.
import { expect, test } from 'vitest'
import { signed } from '../../support/signed.ts'
import { bodyOf, fieldNames, fieldOf, openReplyHost } from '../../support/reply-host.ts'

const replies = await openReplyHost()
const { hop } = replies

const provider = 'X-Originating-IP: [192.0.2.7]\r\nUser-Agent: Thunderbird\r\nReceived: from laptop.home.example\r\n'

test('D30 N03 an answer from an ordinary mail program: the correspondent sees the alias alone', async () => {
  const alias = await replies.alias({ displayName: 'Ann from home' })
  const shop = await replies.written(alias)
  const before = hop.arrived.length
  expect(await replies.answer(shop, { header: provider })).toBe('250 2.0.0 Accepted')
  const [left, ...others] = replies.left(before)
  expect(others).toEqual([])
  expect(left!.forwardPaths).toEqual(['orders@shop.example'])
  expect(left!.reversePath).toMatch(/^b\.[a-z2-7]{58}@burn\.example$/)
  expect(fieldNames(left!)).toEqual(['DKIM-Signature', 'Received', 'From', 'To', 'Subject', 'Date', 'Message-ID', 'In-Reply-To', 'References'])
  expect(fieldOf(left!, 'From')).toBe(`"Ann from home" <${alias.address}>`)
  expect(fieldOf(left!, 'To')).toBe('orders@shop.example')
  expect(fieldOf(left!, 'Date')).toBe('Thu, 01 Jan 2026 10:00:00 +0000')
  expect(fieldOf(left!, 'In-Reply-To')).toBe(`<${shop.messageId}>`)
  expect(bodyOf(left!)).toBe('Thank you\r\n')
  expect(left!.bytes.toString('latin1')).not.toMatch(/home\.example|192\.0\.2|thunderbird|127\.0\.0/i)
  expect((await replies.mail.activity()).at(-1)).toMatchObject({ kind: 'replied', sender: 'orders@shop.example', alias_address: alias.address })
})

test('D30 three levels deep the thread holds on both sides, and no id of the provider leaves', async () => {
  const alias = await replies.alias()
  const first = await replies.written(alias, { messageId: 'one@shop.example' })
  const before = hop.arrived.length
  await replies.answer(first, { messageId: 'two@mail.home.example' })
  const [answer] = replies.left(before)
  const minted = fieldOf(answer!, 'Message-ID')!
  expect(minted).toMatch(/^<[\w-]{112}@burn\.example>$/)

  const second = await replies.written(alias, {
    messageId: 'three@shop.example', header: `In-Reply-To: ${minted}\r\nReferences: <one@shop.example> ${minted}\r\n`,
  })
  expect(fieldOf(second.arrived, 'In-Reply-To')).toBe('<two@mail.home.example>')
  expect(fieldOf(second.arrived, 'References')).toBe('<one@shop.example> <two@mail.home.example>')

  const again = hop.arrived.length
  await replies.mail.host.recorder.flush()
  await replies.answer(second, {
    message: await signed([
      'From: ann@home.example', `To: ${second.reverse}`, 'Subject: Re: Re: Your order', 'Message-ID: <four@mail.home.example>',
      'In-Reply-To: <three@shop.example>',
      'References: <one@shop.example> <two@mail.home.example> <three@shop.example>', '', 'And thank you', ''].join('\r\n'), replies.home),
  })
  const [third] = replies.left(again)
  expect(fieldOf(third!, 'In-Reply-To')).toBe('<three@shop.example>')
  expect(fieldOf(third!, 'References')).toBe(`<one@shop.example> ${minted} <three@shop.example>`)
  expect(third!.bytes.toString('latin1')).not.toContain('home.example')
})
