// The first words of sign-in stand in index.html: they are painted before the program is fetched, which would only take their place on a
// slow line. Who is signed in has nothing to read there and does not wait: the server says so by an attribute (src/http/static.ts).
const start = () => void import('./start.tsx')

/** A window that nobody looks at is not painted. */
const LONGEST_MS = 1_000

/** An animation frame is too early: words that are replaced before they are on the screen were never shown. */
function whenPainted(then: () => void) {
  let begun = false
  const begin = () => {
    if (begun) return
    begun = true
    then()
  }
  new PerformanceObserver(begin).observe({ type: 'paint', buffered: true })
  setTimeout(begin, LONGEST_MS)
}

if (document.documentElement.dataset['wait'] === undefined) whenPainted(start)
else start()
