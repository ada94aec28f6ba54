// The small window beside a sign-up form (380 × 520): whose page it is, the question, and the address where it could not be filled in.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { aliases, inboxes, siteOf } from '../api.ts'
import { Fault } from '../parts/fault.tsx'
import { Mark } from '../parts/icon.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { useReading } from '../parts/use-reading.ts'
import { monogram } from '../name-of.ts'
import { Ask, type Known } from './ask.tsx'
import { openerOrigin } from './opener.ts'
import { Shown, type Why } from './shown.tsx'

const mostOffered = 3

const find = async (origin: string, signal: AbortSignal): Promise<Known> => {
  const { site } = await siteOf(origin, signal)
  const [there, boxes] = await Promise.all([aliases({ site, sort: 'last_message', limit: 20 }, signal), inboxes(signal)])
  const open = there.items.filter(({ state }) => state !== 'closed').toSorted((a, b) => Number(a.state !== 'active') - Number(b.state !== 'active'))
  return { origin, site, aliases: open.slice(0, mostOffered), inboxes: boxes.items.filter(({ verified }) => verified) }
}

export function PopUpPage({ email }: { readonly email: string }) {
  const origin = openerOrigin(location.hash)
  const shown = useSignal<{ address: string; why: Why; copied: boolean } | undefined>(undefined)
  const reading = useReading(async (signal) => (origin ? find(origin, signal) : undefined), [origin])
  const state = reading.state.value
  const known = state.kind === 'there' ? state.value : undefined
  const site = known?.site ?? (origin ? new URL(origin).hostname : '')
  useEffect(() => {
    document.title = site ? `Address for ${site} – Burnbox` : 'Burnbox'
  }, [site])
  return (
    <div class="pop">
      <header class="pop-top">
        <span class="brand">
          <Mark />
          <span>Burnbox</span>
        </span>
        <span class="hint pop-who">{email}</span>
      </header>
      <main id="main" class="pop-b" tabIndex={-1}>
        {origin ? (
          <h1 class="pop-site">
            <span class="gram" aria-hidden="true">
              {monogram(site)}
            </span>
            <span>
              <span class="hint">{known && known.aliases.length > 0 && !shown.value ? 'You already have an address for' : 'Address for'}</span>
              <bdi>{site}</bdi>
            </span>
          </h1>
        ) : (
          <>
            <h1>No page to fill</h1>
            <p class="prose">This window is opened by the Burnbox bookmark, from a page with a sign-up form.</p>
            <p>
              <a class="btn" href="/anywhere">
                Use it anywhere
              </a>
            </p>
          </>
        )}
        {state.kind === 'waiting' && origin && <Skeleton of="your addresses" />}
        {state.kind === 'failed' && <Fault error={state.error} retry={reading.again} />}
        {shown.value ? (
          <Shown {...shown.value} />
        ) : (
          known && (
            <Ask
              known={known}
              shown={(address, why, copied) => {
                shown.value = { address, why, copied }
              }}
            />
          )
        )}
      </main>
    </div>
  )
}
