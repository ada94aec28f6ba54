// The first words of sign-in stand in index.html: they are painted before the program is fetched, which would only take their place on a
// slow line. Who is signed in has nothing to read there and does not wait: the server says so by an attribute (src/http/static.ts).
const start = () => void import('./start.tsx')

if (document.documentElement.dataset['wait'] === undefined) requestAnimationFrame(() => setTimeout(start))
else start()
