import { createServer, connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { sql } from 'kysely'
import { describe, test } from 'vitest'
import { openDatabase, unhurried } from '../../../src/store/database.ts'
import { createDatabase } from '../../support/database.ts'
import { until } from '../../support/until.ts'

const { url } = await createDatabase()

/** Stands before the database, and can stop passing bytes on without closing anything, as a dead network does. */
async function openHole(): Promise<{ url: string; fallSilent(): void; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const target = new URL(url)
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
    client.pipe(upstream).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const through = new URL(url)
  through.port = String((server.address() as AddressInfo).port)
  return {
    url: through.href,
    fallSilent: () => sockets.forEach((socket) => socket.unpipe().pause()),
    close: () => new Promise((resolve) => {
      sockets.forEach((socket) => socket.destroy())
      server.close(() => resolve())
    }),
  }
}

describe('the pool', () => {
  test.concurrent('I04 a statement that takes too long is cancelled, and the connection stays good', async ({ expect }) => {
    const db = openDatabase(url, { max: 1 })
    const { rows: [before] } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
    await expect(sql`select pg_sleep(60)`.execute(db)).rejects.toThrow('statement timeout')
    const { rows: [after] } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
    expect(after).toEqual(before)
    await db.destroy()
  })

  test.concurrent('I06 a database that answers nothing any more: an error instead of a hang, and a fresh connection afterwards', async ({ expect }) => {
    const hole = await openHole()
    const db = openDatabase(hole.url, { max: 1 })
    await sql`select 1`.execute(db)
    hole.fallSilent()
    await expect(sql`select 1`.execute(db)).rejects.toThrow('did not answer within 9500 ms')
    expect((await sql`select 2 as two`.execute(db)).rows).toEqual([{ two: 2 }])
    await db.destroy()
    await hole.close()
  })

  test.concurrent('a migration is not hurried', async ({ expect }) => {
    const db = openDatabase(url, { max: 1 })
    const slept = unhurried(() => db.transaction().execute(async (tx) => {
      await sql`set local statement_timeout = 0`.execute(tx)
      return sql`select 'slept' as it from pg_sleep(10)`.execute(tx)
    }))
    expect((await slept).rows).toEqual([{ it: 'slept' }])
    await db.destroy()
  })

  test.concurrent('I03 all connections in use: the next caller gets an error in time, and the pool goes on', async ({ expect }) => {
    const db = openDatabase(url, { max: 1 })
    const { promise, resolve } = Promise.withResolvers<void>()
    const holding = db.transaction().execute(async (tx) => {
      await sql`select 1`.execute(tx)
      await promise
    })
    await expect(sql`select 1`.execute(db)).rejects.toThrow('timeout exceeded when trying to connect')
    resolve()
    await holding
    await sql`select 1`.execute(db)
    await db.destroy()
  })

  test.concurrent('I02 connections that the server ends, idle and in a transaction, are errors and not the end of the process', async ({ expect }) => {
    const db = openDatabase(url, { max: 2 })
    const other = openDatabase(url, { max: 1 })
    const end = (pid: number): Promise<unknown> => sql`select pg_terminate_backend(${pid}, 5000)`.execute(other)
    const pidOf = async (executor: Parameters<ReturnType<typeof sql>['execute']>[0]): Promise<number> =>
      (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(executor)).rows[0]!.pid
    await end(await pidOf(db))
    const broken = db.transaction().execute(async (tx) => {
      await end(await pidOf(tx))
      await sql`select 1`.execute(tx)
    })
    await expect(broken).rejects.toThrow()
    // The server is done with it, our socket may hear of it only after the next query: one more error, then a new connection.
    const three = await until(() => sql`select 3 as three`.execute(db).then(({ rows }) => rows, () => undefined), 'a new connection')
    expect(three).toEqual([{ three: 3 }])
    await db.destroy()
    await other.destroy()
  })
})
