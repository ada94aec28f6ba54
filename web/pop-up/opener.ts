// The page that opened the small window. Its origin comes in the fragment, as it says; the browser sees to it that what is said to that
// origin reaches no other (postMessage), so that a page which names another origin hears nothing.

/** http and https alone: everything else has no company behind it. */
export function openerOrigin(fragment: string): string | undefined {
  try {
    const url = new URL(decodeURIComponent(fragment.replace(/^#/, '')))
    return /^https?:$/.test(url.protocol) ? url.origin : undefined
  } catch {
    return undefined
  }
}

/** `no-field`: the page is there, but has nothing to fill. `cut-off`: it does not answer, or may not be spoken to. */
export type Handed = 'filled' | 'no-field' | 'cut-off'

const answerMs = 1_200

/** Gives the address to the page, and waits for its word. */
export function handOver(address: string, origin: string): Promise<Handed> {
  const page = window.opener as Window | null
  if (!page || page.closed) return Promise.resolve('cut-off')
  return new Promise((resolve) => {
    const end = (handed: Handed) => {
      clearTimeout(timer)
      removeEventListener('message', hear)
      resolve(handed)
    }
    const hear = (event: MessageEvent) => {
      if (event.source !== page || event.origin !== origin) return
      const said = (event.data as { burnbox?: unknown } | null)?.burnbox
      if (said === 'filled' || said === 'no-field') end(said)
    }
    const timer = setTimeout(() => end('cut-off'), answerMs)
    addEventListener('message', hear)
    page.postMessage({ address }, origin)
  })
}
