// A place in the page: when it comes near the window, what belongs there is asked for.
import { useEffect, useRef } from 'preact/hooks'

type Props = { readonly does: () => void; readonly on: unknown; readonly near?: string }

export function WhenSeen({ does, on, near = '1200px' }: Props) {
  const self = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!self.current) return
    const watcher = new IntersectionObserver(
      ([seen]) => {
        if (seen?.isIntersecting) does()
      },
      { rootMargin: `${near} 0px` },
    )
    watcher.observe(self.current)
    return () => watcher.disconnect()
  }, [on])
  return <div ref={self} aria-hidden="true" />
}
