// Two panes from 768, list then reader on a phone. Keys move in the list and open as they go where both are seen.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useKeys } from '../keys.ts'
import { Icon } from '../parts/icon.tsx'
import { go } from '../route.ts'

type Props = {
  readonly title: string
  readonly count?: number | undefined
  readonly home: string
  readonly openId: string | undefined
  readonly list: ComponentChildren
  readonly reader: ComponentChildren
  readonly bar?: ComponentChildren
}

function move(openId: string | undefined, by: 1 | -1) {
  const lines = [...document.querySelectorAll<HTMLAnchorElement>('.pane-l .msg')]
  const at = lines.findIndex((line) => line.dataset.id === openId)
  const line = lines[at < 0 ? 0 : Math.min(lines.length - 1, Math.max(0, at + by))]
  if (!line) return
  go(line.pathname + line.search, { replace: openId !== undefined })
  line.focus({ preventScroll: true })
  line.scrollIntoView({ block: 'nearest' })
}

export function Panes({ title, count, home, openId, list, reader, bar }: Props) {
  const pane = useRef<HTMLElement>(null)
  useKeys({
    j: () => move(openId, 1),
    k: () => move(openId, -1),
    Escape: () => {
      if (openId) go(home)
    },
  })
  useEffect(() => {
    pane.current?.scrollTo(0, 0)
    if (openId && matchMedia('(width < 48rem)').matches) pane.current?.focus({ preventScroll: true })
  }, [openId])
  return (
    <main id="main" class={openId ? 'panes is-reading' : 'panes'} tabIndex={-1}>
      <section class="pane-l" aria-labelledby="h-h">
        <div class="bar">
          <h1 id="h-h">
            {title}
            {!!count && (
              <>
                {' '}
                <span class="n">{count.toLocaleString('en')}</span>
              </>
            )}
          </h1>
          {bar}
        </div>
        {list}
      </section>
      <article class="pane-r" ref={pane} aria-label="Message" tabIndex={-1}>
        {openId && (
          <p class="crumb only-narrow">
            <a href={home}>
              <Icon name="left" />
              {title}
            </a>
          </p>
        )}
        {reader}
      </article>
    </main>
  )
}
