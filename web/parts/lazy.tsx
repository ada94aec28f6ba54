// A page that is fetched when it is wanted: the first screen does not wait for the others.
import { useSignal } from '@preact/signals'
import type { ComponentType, FunctionComponent } from 'preact'
import { useEffect } from 'preact/hooks'
import { Fault } from './fault.tsx'
import { Skeleton } from './skeleton.tsx'

const wanted: (() => Promise<unknown>)[] = []

/** The other pages, when the browser has nothing better to do: then going there takes no time. */
export function fetchRest() {
  const idle = globalThis.requestIdleCallback ?? ((does: () => void) => setTimeout(does, 200))
  idle(() => {
    for (const load of wanted) load().catch(() => {})
  })
}

export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): FunctionComponent<P> {
  let there: ComponentType<P> | undefined
  const fetch = async () => (there ??= await load())
  wanted.push(fetch)
  return function Lazy(props) {
    const state = useSignal<'waiting' | 'there' | 'failed'>(there ? 'there' : 'waiting')
    const get = () => {
      state.value = 'waiting'
      fetch().then(
        () => {
          state.value = 'there'
        },
        () => {
          state.value = 'failed'
        },
      )
    }
    useEffect(() => {
      if (!there) get()
    }, [])
    if (there) {
      const Page = there
      return <Page {...props} />
    }
    return (
      <main id="main" class="page" tabIndex={-1}>
        <h1 class="vh">Burnbox</h1>
        {state.value === 'failed' ? <Fault error={undefined} retry={get} /> : <Skeleton of="the page" />}
      </main>
    )
  }
}
