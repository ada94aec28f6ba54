import { expect, test } from 'vitest'
import { withinTime } from '../../../src/verify/authenticate.ts'
import { DnsError, type Resolve } from '../../../src/verify/resolver.ts'

test('each question is asked once a message', async () => {
  const asked: string[] = []
  const answer = async (name: string): Promise<unknown> => {
    asked.push(name)
    return [[`answer ${asked.length}`]]
  }
  const resolve = withinTime(answer as Resolve, new AbortController().signal)
  expect(await resolve('a.example', 'TXT')).toEqual([['answer 1']])
  expect(await resolve('A.example', 'TXT')).toEqual([['answer 1']])
  expect(await resolve('a.example', 'A')).toEqual([['answer 2']])
  expect(asked).toEqual(['a.example', 'a.example'])
})

test('when the time of the message is over nothing is waited for or asked any more', async () => {
  const patience = new AbortController()
  let asked = 0
  const resolve = withinTime((() => {
    asked += 1
    return new Promise(() => {})
  }) as Resolve, patience.signal)
  const waiting = resolve('slow.example', 'TXT')
  patience.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'ETIMEOUT' })
  await expect(resolve('other.example', 'TXT')).rejects.toBeInstanceOf(DnsError)
  expect(asked).toBe(1)
})
