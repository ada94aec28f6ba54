// What can be done to the chosen rows at once. It takes the place of the filters, and stays in sight while one scrolls.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { keep } from '../alias-store.ts'
import { changeMany, inboxes, labels, type Alias } from '../api.ts'
import { burnSeveral } from '../burning.ts'
import { inTurn, work } from '../in-turn.ts'
import { AskForm } from '../parts/ask-form.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Icon } from '../parts/icon.tsx'
import { useReading } from '../parts/use-reading.ts'
import { WorkBar } from '../parts/work-bar.tsx'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { addressList } from './address-list.ts'
import { chooseAll, chooseNone, chosen, chosenAliases } from './chosen.ts'

const many = (count: number) => (count === 1 ? '1 address' : `${count.toLocaleString('en')} addresses`)

type Change = { readonly action: 'label'; readonly label: string | null } | { readonly action: 'move'; readonly inbox_ids: string[] }
type AskProps = { readonly count: number; readonly onClose: () => void; readonly change: (change: Change, words: string) => void }

function AskLabel({ count, onClose, change }: AskProps) {
  const known = useReading((signal) => labels(signal), [])
  return (
    <Dialog title={`Label ${many(count)}`} onClose={onClose}>
      <AskForm
        button="Label"
        close={onClose}
        does={async ({ text }) => {
          onClose()
          change({ action: 'label', label: text('label') || null }, text('label') ? `Labelled ${text('label')}` : 'Label removed')
        }}
      >
        {() => (
          <>
            <Field
              words={
                <>
                  Label <i>empty removes it</i>
                </>
              }
              name="label"
              list="labels"
              maxLength={100}
              autocomplete="off"
            />
            <datalist id="labels">
              {known.state.value.kind === 'there' && known.state.value.value.items.map((each) => <option value={each.label} />)}
            </datalist>
          </>
        )}
      </AskForm>
    </Dialog>
  )
}

function AskInbox({ count, onClose, change }: AskProps) {
  const known = useReading((signal) => inboxes(signal), [])
  const now = known.state.value
  const verified = now.kind === 'there' ? now.value.items.filter((inbox) => inbox.verified) : []
  return (
    <Dialog title={`Move ${many(count)}`} onClose={onClose}>
      <p class="prose">Their mail goes to this inbox alone.</p>
      <ul class="lines">
        {verified.map((inbox) => (
          <li>
            <button
              class="menu-i"
              type="button"
              onClick={() => {
                onClose()
                change({ action: 'move', inbox_ids: [inbox.id] }, `Moved to ${inbox.address}`)
              }}
            >
              <bdi>{inbox.address}</bdi>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

export function Several() {
  const asking = useSignal<'label' | 'inbox' | undefined>(undefined)
  const wrong = useSignal<string | undefined>(undefined)
  useEffect(() => {
    wrong.value = undefined
  }, [chosen.value])
  const count = chosen.value.size
  if (!count && !work.value) return null
  const aliases = chosenAliases()
  const active = aliases.filter((alias) => alias.state === 'active' && !alias.system)
  const close = () => {
    asking.value = undefined
  }
  async function change(what: Change, words: string) {
    const failed: string[] = []
    try {
      await inTurn<Alias>('Changing', aliases, async (batch) => {
        for (const result of await changeMany({ ...what, ids: batch.map(({ id }) => id) })) {
          if (result.ok) keep(result.alias)
          else failed.push(result.detail)
        }
      })
    } catch (error) {
      wrong.value = error instanceof Error ? error.message : 'The server did not answer.'
      return
    }
    say(`${words}.`)
    if (failed.length) wrong.value = `${many(failed.length)} not changed: ${failed[0]}`
    else chooseNone()
  }
  return (
    <div class="several">
      {work.value ? (
        <WorkBar />
      ) : (
        <div class="sel" role="toolbar" aria-label={`${count} chosen`}>
          <b>
            {count.toLocaleString('en')}
            <span class="wide"> chosen</span>
          </b>
          <button class="btn-quiet sel-all" type="button" onClick={() => chooseAll(addressList.pages.value.flat())}>
            All shown
          </button>
          <button
            class="btn-burn"
            type="button"
            aria-describedby="sees-several"
            aria-disabled={active.length === 0}
            onClick={() => {
              if (!active.length) return
              chooseNone()
              void burnSeveral(active)
            }}
          >
            <Icon name="burn" />
            <span>Burn {active.length.toLocaleString('en')}</span>
          </button>
          <button
            class="btn"
            type="button"
            onClick={() => {
              asking.value = 'label'
            }}
          >
            Label
          </button>
          <button
            class="btn"
            type="button"
            onClick={() => {
              asking.value = 'inbox'
            }}
          >
            Move<span class="wide"> to inbox</span>
          </button>
          <button class="btn-icon" type="button" aria-label="Choose none" onClick={chooseNone}>
            <Icon name="close" />
          </button>
        </div>
      )}
      <p class="hint vh" id="sees-several">
        One Undo brings all back. Sender sees delivered, 250.
      </p>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      {asking.value === 'label' && <AskLabel count={count} onClose={close} change={(part, words) => void change(part, words)} />}
      {asking.value === 'inbox' && <AskInbox count={count} onClose={close} change={(part, words) => void change(part, words)} />}
    </div>
  )
}
