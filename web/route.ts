// Where the visitor is, as signals, and how to go elsewhere without loading the page again.
import { batch, signal } from '@preact/signals'

export const path = signal(location.pathname)
export const query = signal(new URLSearchParams(location.search))

function arrive() {
  batch(() => {
    path.value = location.pathname
    query.value = new URLSearchParams(location.search)
  })
}

/** Goes to a path of this program. `replace` leaves no step for Back, as for a search that is being typed. */
export function go(to: string, { replace = false }: { readonly replace?: boolean } = {}) {
  if (replace) history.replaceState(history.state, '', to)
  else {
    history.replaceState({ y: scrollY }, '')
    history.pushState({}, '', to)
  }
  const samePage = path.value === location.pathname
  arrive()
  if (!replace && !samePage) scrollTo(0, 0)
}

/** The page is drawn in the next frames; only when it is long enough can the old place be found again. */
function scrollBack(y: number, frames = 30) {
  requestAnimationFrame(() => {
    scrollTo(0, y)
    if (frames > 0 && Math.abs(scrollY - y) > 1) scrollBack(y, frames - 1)
  })
}

const plainClick = (event: MouseEvent) => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey

export function watchRoutes() {
  history.scrollRestoration = 'manual'
  addEventListener('popstate', () => {
    arrive()
    const { y } = (history.state ?? {}) as { y?: number }
    if (y !== undefined) scrollBack(y)
  })
  addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link || event.defaultPrevented || !plainClick(event) || link.target || link.hasAttribute('download')) return
    // The small window is a document without COOP: every other page gets one of its own.
    if (location.pathname === '/popup') return
    if (link.origin !== location.origin || /^\/(v1|auth)\//.test(link.pathname) || link.getAttribute('href')?.startsWith('#')) return
    event.preventDefault()
    go(link.pathname + link.search)
  })
}
