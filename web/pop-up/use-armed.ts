// A page can open our window under a click that was meant for something else. So nothing counts in the first half second in which
// the window is seen, and no key that was held down already.
import { useEffect, useRef } from 'preact/hooks'

const unarmedMs = 500

/** True when a click was made by somebody who could see what it is for. */
export function useArmed(): () => boolean {
  const since = useRef(Infinity)
  useEffect(() => {
    const seen = () => {
      since.current = document.visibilityState === 'visible' ? performance.now() : Infinity
    }
    const noRepeats = (event: KeyboardEvent) => {
      if (event.repeat && (event.key === 'Enter' || event.key === ' ')) event.preventDefault()
    }
    seen()
    addEventListener('focus', seen)
    document.addEventListener('visibilitychange', seen)
    addEventListener('keydown', noRepeats, true)
    return () => {
      removeEventListener('focus', seen)
      document.removeEventListener('visibilitychange', seen)
      removeEventListener('keydown', noRepeats, true)
    }
  }, [])
  return () => performance.now() - since.current >= unarmedMs
}
