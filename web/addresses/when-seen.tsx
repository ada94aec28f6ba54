// The end of what is there: when it comes near the window, more is asked for.
import { useEffect, useRef } from 'preact/hooks'

export function WhenSeen({ does, on }: { readonly does: () => void; readonly on: unknown }) {
  const self = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!self.current) return
    const watcher = new IntersectionObserver(
      ([seen]) => {
        if (seen?.isIntersecting) does()
      },
      { rootMargin: '1200px 0px' },
    )
    watcher.observe(self.current)
    return () => watcher.disconnect()
  }, [on])
  return <div ref={self} aria-hidden="true" />
}
