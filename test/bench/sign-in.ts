// `npm run bench -- --only sign-in`: does the time of a refused sign-in tell whether there is such an account (case L07)? Known and unknown
// addresses in turns, and the Mann-Whitney test of the two heaps of times. Each try comes from an address of its own, because 10 a minute are the limit.
import type { Goal, Part } from './part.ts'
import { startBurnbox, type Burnbox } from './burnbox.ts'
import { freePort } from './free-port.ts'
import { printTable } from './table.ts'

const accounts = 12
/** Fewer than the 10 wrong passwords after which an account takes none for a while. */
const triesEach = 8
const warmUp = 10
/** Both sides: of 400 heaps that do not differ one is further apart. */
const mostZ = 3

export async function signInTimes(): Promise<Part> {
  const port = await freePort()
  const burnbox = await startBurnbox({
    BURNBOX_RELAY: 'smtp://127.0.0.1:1', BURNBOX_TRUSTED_PROXIES: '127.0.0.1', BURNBOX_HTTP: `127.0.0.1:${port}`, BURNBOX_URL: `http://127.0.0.1:${port}`,
  })
  try {
    for (let n = 0; n < accounts; n++) await addAccount(burnbox, `known${n}@inbox.example`)
    const [known, unknown]: [number[], number[]] = [[], []]
    for (let n = 0; n < warmUp; n++) await refusedIn(burnbox, `warm${n}@inbox.example`)
    for (let n = 0; n < accounts * triesEach; n++) {
      const [first, second] = [`known${n % accounts}@inbox.example`, `nobody${n}@inbox.example`]
      // Whoever goes second finds warmer caches.
      if (n % 2) known.push(await refusedIn(burnbox, first))
      unknown.push(await refusedIn(burnbox, second))
      if (n % 2 === 0) known.push(await refusedIn(burnbox, first))
    }
    return told(known, unknown)
  } finally {
    await burnbox.stop()
  }
}

async function addAccount({ cli, url }: Burnbox, email: string): Promise<void> {
  const link = new URL(await cli('account', 'add', email))
  const answer = await post(`${url}/v1/setup`, { token: link.hash.slice(1), password: 'a password for the bench' })
  if (answer.status !== 201) throw new Error(`setting up ${email} was answered ${answer.status}`)
}

let client = 0

async function refusedIn({ url }: Burnbox, email: string): Promise<number> {
  const from = performance.now()
  const answer = await post(`${url}/auth/sign-in/email`, { email, password: 'not the password' })
  const took = performance.now() - from
  if (answer.status !== 401) throw new Error(`a wrong password was answered ${answer.status}`)
  return took
}

async function post(url: string, body: object): Promise<Response> {
  client += 1
  const answer = await fetch(url, {
    method: 'POST', body: JSON.stringify(body),
    headers: {
      'content-type': 'application/json', origin: new URL(url).origin,
      'x-forwarded-for': `10.${client >> 16}.${(client >> 8) & 255}.${client & 255}`,
    },
  })
  await answer.text()
  return answer
}

function told(known: readonly number[], unknown: readonly number[]): Part {
  const z = mannWhitney(known, unknown)
  const parts = [0.5, 0.9, 0.99]
  const row = (name: string, times: readonly number[]) => [name, String(times.length), ...parts.map((part) => `${quantile(times, part).toFixed(1)} ms`)]
  printTable(['refused sign-in', 'times', 'p50', 'p90', 'p99'], [row('known account', known), row('unknown address', unknown)])
  const goals: readonly Goal[] = [{
    what: 'L07: refused sign-in, known against unknown, Mann-Whitney', found: `z = ${z.toFixed(2)}`, goal: `|z| < ${mostZ}`, reached: Math.abs(z) < mostZ,
  }]
  return { name: 'sign-in', goals, data: { known, unknown, z } }
}

const quantile = (times: readonly number[], part: number): number => times.toSorted((a, b) => a - b)[Math.floor(times.length * part)]!

/** The normal approximation, good from 20 values on each side; times have no ties worth correcting for. */
function mannWhitney(one: readonly number[], other: readonly number[]): number {
  const [n, m] = [one.length, other.length]
  const ranked = [...one.map((value) => ({ value, mine: true })), ...other.map((value) => ({ value, mine: false }))].toSorted((a, b) => a.value - b.value)
  const ranks = ranked.reduce((sum, { mine }, at) => sum + (mine ? at + 1 : 0), 0)
  const u = ranks - (n * (n + 1)) / 2
  return (u - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12)
}
