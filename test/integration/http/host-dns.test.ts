// /v1/host/dns: the records to publish, for the operator alone.
import { expect, test } from 'vitest'
import { dnsRecords } from '../../../src/flow/dns-records.ts'
import { ensureHostDomain } from '../../../src/store/domains.ts'
import { createDatabase } from '../../support/database.ts'
import { openDnsServer } from '../../support/dns-server.ts'
import { startWeb } from '../../support/web-host.ts'

const { db } = await createDatabase()

test('/v1/host/dns: the records to publish and, asked for, whether they are; for the operator alone', async () => {
  const dns = await openDnsServer()
  const web = await startWeb(db, { env: { BURNBOX_DOMAIN: 'burn.example', BURNBOX_DNS: dns.address, BURNBOX_RELAY: 'local' } })
  await db.transaction().execute((tx) => ensureHostDomain(tx, 'burn.example'))
  const ada = await web.person('ada', { role: 'operator' })
  const bob = await web.person('bob')
  const get = (query = '', token: string | undefined = ada.token) => web.call('GET', `/v1/host/dns${query}`, { token })

  expect((await get()).body).toEqual({ items: (await dnsRecords(web.host)).map((record) => ({ ...record })) })
  expect(dns.asked).toEqual([])
  const [mx] = (await get()).body.items
  expect(mx).toMatchObject({ name: 'burn.example', type: 'MX', value: '10 mail.burn.example.', why: expect.any(String) })
  dns.set('burn.example', 'MX', '10 mail.burn.example')
  const { items } = (await get('?check=true')).body
  expect(items).toMatchObject([
    { type: 'MX', published: true, found: ['10 mail.burn.example.'] }, { published: false, found: [] }, { published: false }, { published: false },
  ])
  expect(await get('?check=perhaps')).toMatchObject({ status: 400, body: { code: 'invalid-query' } })

  expect(await get('', bob.token)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  expect(await get('', await web.token(ada, ['create']))).toMatchObject({ status: 403 })
  expect(await web.call('GET', '/v1/host/dns')).toMatchObject({ status: 401 })
  expect((await web.call('GET', '/v1/openapi.json')).body.paths['/v1/host/dns'].get.summary).toMatch(/DNS records/)
})
