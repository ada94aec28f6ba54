// Settings: where mail goes, how one signs in, what programs may do, how long things are kept, how it looks.
import { useEffect } from 'preact/hooks'
import { Anywhere } from '../anywhere/anywhere.tsx'
import { Appearance } from './appearance.tsx'
import { Data } from './data.tsx'
import { Domains } from './domains.tsx'
import { Inboxes } from './inboxes.tsx'
import { Keeping } from './keeping.tsx'
import { Keyboard } from './keyboard.tsx'
import { MailPrograms } from './mail-programs.tsx'
import { NewAddresses } from './new-addresses.tsx'
import { Replies } from './replies.tsx'
import { StrangerRules } from './rules.tsx'
import { SecuritySettings } from './security.tsx'
import { Spam } from './spam.tsx'
import { Tokens } from './tokens.tsx'
import { Webhooks } from './webhooks.tsx'

const sections = [
  ['inboxes', 'Inboxes'],
  ['new-addresses', 'New addresses'],
  ['domains', 'Domains'],
  ['strangers', 'Strangers and burning'],
  ['replies', 'Replies'],
  ['programs', 'Mail programs'],
  ['security', 'Security'],
  ['anywhere', 'Use it anywhere'],
  ['tokens', 'Tokens'],
  ['webhooks', 'Webhooks'],
  ['keeping', 'Keeping'],
  ['spam', 'Spam'],
  ['data', 'Data'],
  ['keys', 'Keyboard'],
  ['look', 'Appearance'],
] as const

const hands = ['pointermove', 'pointerdown', 'wheel', 'touchstart', 'keydown'] as const

/** A link that names a section comes before its section is drawn. Whoever moves meanwhile is not moved back. */
function useFragment(frames = 60) {
  useEffect(() => {
    if (!location.hash) return undefined
    const moved = new AbortController()
    for (const hand of hands) addEventListener(hand, () => moved.abort(), { signal: moved.signal, passive: true })
    const find = (left: number) => {
      if (moved.signal.aborted) return
      document.getElementById(location.hash.slice(1))?.scrollIntoView()
      if (left > 0) requestAnimationFrame(() => find(left - 1))
      else moved.abort()
    }
    find(frames)
    return () => moved.abort()
  }, [])
}

export function SettingsPage({ domain }: { readonly domain: string }) {
  useFragment()
  return (
    <main id="main" class="page split" tabIndex={-1}>
      <div class="split-l">
        <h1>Settings</h1>
        <nav class="toc" aria-label="Settings">
          {sections.map(([id, words]) => (
            <a href={`#${id}`}>{words}</a>
          ))}
        </nav>
      </div>
      <div class="split-r">
        <Inboxes />
        <NewAddresses />
        <Domains domain={domain} />
        <StrangerRules />
        <Replies />
        <MailPrograms />
        <SecuritySettings />
        <Anywhere heading="h2" />
        <Tokens domain={domain} />
        <Webhooks />
        <Keeping />
        <Spam />
        <Data />
        <Keyboard />
        <Appearance />
      </div>
    </main>
  )
}
