// Where the program starts.
import './styles/page.css'
import { render } from 'preact'
import { watchInstalling } from './anywhere/install.ts'
import { App } from './app.tsx'
import { watchCopying } from './copy-text.ts'
import { watchKeys } from './keys.ts'
import { watchRoutes } from './route.ts'
import { findOutWho } from './session.ts'

watchRoutes()
watchKeys()
watchCopying()
watchInstalling()
await findOutWho()
document.documentElement.removeAttribute('data-wait')
const root = document.getElementById('app')!
// The first words of sign-in stood there; the page has its own.
root.replaceChildren()
render(<App />, root)
