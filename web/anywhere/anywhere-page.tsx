// "Use it anywhere" as a page of its own, for those who come by a link.
import { Anywhere } from './anywhere.tsx'

export const AnywherePage = () => (
  <main id="main" class="page" tabIndex={-1}>
    <Anywhere heading="h1" />
  </main>
)
