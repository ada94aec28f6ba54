// Settings, first cut: inboxes, tokens, keys, appearance.
import { Appearance } from './appearance.tsx'
import { Inboxes } from './inboxes.tsx'
import { Keyboard } from './keyboard.tsx'
import { Tokens } from './tokens.tsx'

const sections = [
  ['inboxes', 'Inboxes'],
  ['tokens', 'Tokens'],
  ['keys', 'Keyboard'],
  ['look', 'Appearance'],
] as const

export const SettingsPage = ({ domain }: { readonly domain: string }) => (
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
      <Tokens domain={domain} />
      <Keyboard />
      <Appearance />
    </div>
  </main>
)
