// Use it anywhere: the bookmark for sign-up forms, and what does the same on a phone.
import { useEffect, useRef } from 'preact/hooks'
import { copyText } from '../copy-text.ts'
import { Icon } from '../parts/icon.tsx'
import { say } from '../say.ts'
import { bookmarkFor } from './bookmark.ts'
import { install, installPrompt } from './install.ts'

const bookmark = bookmarkFor(location.origin)

async function copyBookmark() {
  say(await copyText(bookmark) ? 'Copied. Make any bookmark, and put this in as its address.' : 'The browser did not let it be copied.')
}

export function Anywhere({ heading: Heading }: { readonly heading: 'h1' | 'h2' }) {
  const link = useRef<HTMLAnchorElement>(null)
  useEffect(() => {
    // Not as a property of the element: a link with a script is what no page of ours has, except to be dragged away.
    link.current?.setAttribute('href', bookmark)
  }, [])
  return (
    <section class="set" id="anywhere" aria-labelledby="an-h">
      <Heading id="an-h">Use it anywhere</Heading>
      <p class="prose">Drag this to your bookmarks bar. On a sign-up form, one click on it opens a small window that makes an address and fills it in.</p>
      <div class="drag">
        <a
          class="drag-a"
          ref={link}
          draggable
          onClick={(event) => {
            event.preventDefault()
            say('This works from the bookmarks bar: drag it there, or copy it below.')
          }}
        >
          <Icon name="bookmark" />
          Burnbox address
        </a>
        <span class="drag-t" aria-hidden="true">
          drag me to the bookmarks bar
        </span>
      </div>
      <ul class="lines">
        <li class="ln">
          <span class="ln-m">
            <b>Without dragging</b>
            <span class="hint">
              Copy the link, make any bookmark, put it there as its address. On a phone too: the bookmark is then started by typing its name
            </span>
          </span>
          <span class="ln-a">
            <button class="btn" type="button" onClick={() => void copyBookmark()}>
              <Icon name="copy" />
              Copy the link
            </button>
          </span>
        </li>
        <li class="ln">
          <span class="ln-m">
            <b>On a phone</b>
            <span class="hint">
              Install Burnbox as an app {installPrompt.value ? '' : '(“Add to home screen” in the browser’s menu) '}and Share → Burnbox makes an
              address for the page you share
            </span>
          </span>
          {installPrompt.value && (
            <span class="ln-a">
              <button class="btn" type="button" onClick={() => void install()}>
                <Icon name="download" />
                Install
              </button>
            </span>
          )}
        </li>
      </ul>
    </section>
  )
}
