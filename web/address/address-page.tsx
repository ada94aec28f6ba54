// One address: all about it.
import { useEffect } from 'preact/hooks'
import { keep, knownAlias } from '../alias-store.ts'
import { alias as readAlias, type Alias } from '../api.ts'
import { burn } from '../burning.ts'
import { copyText } from '../copy-text.ts'
import { useKeys } from '../keys.ts'
import { companyOf } from '../name-of.ts'
import { NotHere } from '../not-here.tsx'
import { Refused } from '../refused.ts'
import { Fault } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { useReading } from '../parts/use-reading.ts'
import { say } from '../say.ts'
import { ActivityList } from './activity-list.tsx'
import { AddressHead } from './address-head.tsx'
import { CorrespondentList } from './correspondent-list.tsx'
import { HeldHere } from './held-here.tsx'
import { InboxChoice } from './inbox-choice.tsx'
import { MailPlot } from './mail-plot.tsx'
import { NameField } from './name-field.tsx'
import { NoteField } from './note-field.tsx'
import { EndsHere } from './ends-here.tsx'
import { MadeUpHere } from './made-up-here.tsx'
import { SenderSees } from './sender-sees.tsx'
import { StrangersHere } from './strangers-here.tsx'

function Address({ alias, local }: { readonly alias: Alias; readonly local: boolean }) {
  useEffect(() => {
    document.title = `${companyOf(alias)} – Burnbox`
  }, [alias.address])
  useKeys({
    b: () => {
      if (!alias.system) burn(alias)
    },
    c: () => void copyText(alias.address).then((done) => say(done ? `Copied ${alias.address}` : 'Not copied.')),
  })
  return (
    <>
      <AddressHead alias={alias} />
      <MailPlot alias={alias} />
      <div class="cols">
        <div>
          <HeldHere alias={alias} />
          <ActivityList alias={alias} local={local} />
        </div>
        <aside class="side" aria-label="About this address">
          <SenderSees alias={alias} />
          <MadeUpHere alias={alias} />
          <StrangersHere alias={alias} />
          <CorrespondentList alias={alias} />
          <InboxChoice alias={alias} />
          <EndsHere alias={alias} />
          <NoteField alias={alias} />
          {!alias.system && <NameField alias={alias} />}
        </aside>
      </div>
    </>
  )
}

export function AddressPage({ id, local }: { readonly id: string; readonly local: boolean }) {
  const { state, again } = useReading((signal) => readAlias(id, signal).then(keep), [id])
  const now = state.value
  const alias = knownAlias(id)?.value
  const gone = now.kind === 'failed' && now.error instanceof Refused && now.error.status < 500
  if (gone) return <NotHere />
  return (
    <main id="main" class="page" tabIndex={-1}>
      <nav class="crumb" aria-label="Where you are">
        <a href="/addresses">
          <Icon name="left" />
          Addresses
        </a>
      </nav>
      {alias ? (
        <Address alias={alias} local={local} />
      ) : (
        now.kind === 'waiting' && (
          <>
            <h1 class="vh">Address</h1>
            <Skeleton of="the address" />
          </>
        )
      )}
      {now.kind === 'failed' && <Fault error={now.error} retry={again} />}
    </main>
  )
}
