// What the owner sees of a held message, through the API: it is read, or it says that it cannot be shown; the original is always there.
import type { Burnbox } from '../bench/burnbox.ts'

export type HeldCheck = { readonly shown: boolean; readonly bytes: Buffer; readonly failures: readonly string[] }

export type Holding = {
  /** Looks at the newest held message and throws it away. Undefined: nothing is held. */
  readonly takeNewest: () => Promise<HeldCheck | undefined>
}

type View = { readonly shown?: boolean; readonly why?: string | null; readonly attachments?: readonly { readonly url: string }[] }

export function openHolding(burnbox: Pick<Burnbox, 'url'>, token: string): Holding {
  const call = (path: string, method = 'GET'): Promise<Response> => fetch(`${burnbox.url}${path}`, { method, headers: { authorization: `Bearer ${token}` } })

  async function check(path: string): Promise<HeldCheck> {
    const failures: string[] = []
    const answer = await call(path)
    const view = (answer.ok ? await answer.json() : {}) as View
    if (answer.status !== 200) failures.push(`${answer.status} for the message`)
    else if (view.shown !== true && !(view.shown === false && view.why)) failures.push('neither a view nor a reason why there is none')
    const page = await call(`${path}/view`)
    if (page.status !== 200 || (await page.text()) === '') failures.push(`${page.status} for its document`)
    for (const { url } of view.attachments ?? []) {
      const attachment = await call(url)
      if (attachment.status !== 200) failures.push(`${attachment.status} for the attachment ${url}`)
      await attachment.arrayBuffer()
    }
    const raw = await call(`${path}/raw`)
    if (raw.status !== 200) failures.push(`${raw.status} for the original`)
    return { shown: view.shown === true, bytes: Buffer.from(await raw.arrayBuffer()), failures }
  }

  return {
    takeNewest: async () => {
      const { items } = await (await call('/v1/held?limit=1')).json() as { items: readonly { readonly id: string }[] }
      if (!items[0]) return undefined
      const path = `/v1/held/${items[0].id}`
      const found = await check(path)
      const gone = await call(path, 'DELETE')
      return gone.ok ? found : { ...found, failures: [...found.failures, `${gone.status} for its deletion`] }
    },
  }
}
