// Invitations: a link for one account, good for seven days. It is shown once; with an address it is mailed there too.
import { useSignal } from '@preact/signals'
import { invitations as readInvitations, invite, withdrawInvitation, type Invitation } from '../api-host.ts'
import { sizeOf } from '../name-of.ts'
import { AskForm } from '../parts/ask-form.tsx'
import { CopyButton } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Icon } from '../parts/icon.tsx'
import { useOpen } from '../parts/use-open.ts'
import { useReading } from '../parts/use-reading.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { dayOf } from '../time.ts'
import { LimitsFields, limitsBy } from './limits-fields.tsx'

const usualBytes = 200_000_000
type Made = { readonly url: string; readonly email: string }

const InviteDialog = ({ made, onClose }: { readonly made: (made: Made) => void; readonly onClose: () => void }) => (
  <Dialog title="Invite somebody" onClose={onClose}>
    <AskForm
      button="Make the link"
      hint="It works for one account, for 7 days."
      close={onClose}
      does={async (typed) => {
        const email = typed.text('email')
        const { url } = await invite({ ...limitsBy(typed), ...(email && { email }) })
        made({ url, email })
        onClose()
      }}
    >
      {(wrong) => (
        <>
          <Field
            words={
              <>
                E-mail <i>optional: the link is mailed there</i>
              </>
            }
            type="email"
            name="email"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
          />
          <LimitsFields bytes={usualBytes} aliases={null} />
          {wrong && <Wrong>{wrong}</Wrong>}
        </>
      )}
    </AskForm>
  </Dialog>
)

function stateOf({ used_at: usedAt, expires_at: expiresAt, account }: Invitation): string {
  if (usedAt) return account ? `Used by ${account}` : 'Used'
  return Date.parse(expiresAt) < Date.now() ? 'Lapsed' : 'Not used yet'
}

const Line = ({ one, withdraw }: { readonly one: Invitation; readonly withdraw: () => void }) => (
  <li class="ln">
    <span class="ln-m">
      <b>{one.email ? <bdi>{one.email}</bdi> : 'For whoever has the link'}</b>
      <span class="hint">
        {one.limits.aliases === null ? 'Any number of addresses' : `Up to ${one.limits.aliases.toLocaleString('en')} addresses`},{' '}
        {sizeOf(one.limits.held_bytes)}. Made {dayOf(new Date(one.created_at))}, valid until {dayOf(new Date(one.expires_at))}
      </span>
    </span>
    <span class="mark-line">{stateOf(one)}</span>
    <span class="ln-a">
      {!one.used_at && (
        <button class="btn-quiet" type="button" aria-label={`Withdraw the invitation ${one.email ?? ''}`} onClick={withdraw}>
          Withdraw
        </button>
      )}
    </span>
  </li>
)

export function Invitations() {
  const { state, again } = useReading((signal) => readInvitations(signal), [])
  const asking = useOpen()
  const made = useSignal<Made | undefined>(undefined)
  const { wrong, send } = useSending()
  const now = state.value
  const withdraw = (one: Invitation) =>
    void send(async () => {
      await withdrawInvitation(one.id)
      say('Withdrawn.')
      again()
    })
  return (
    <>
      <div class="sec-h inv-h">
        <h3 id="inv-h">Invitations</h3>
        <button class="btn" type="button" onClick={asking.show}>
          <Icon name="plus" />
          Invite
        </button>
      </div>
      {made.value && (
        <div class="once" role="group" aria-label="New invitation">
          <p>
            <b>Copy the link now.</b> It is shown once{made.value.email && `, and is on its way to ${made.value.email}`}.
          </p>
          <p class="once-t">
            <code tabIndex={0}>{made.value.url}</code>
            <CopyButton text={made.value.url} />
          </p>
        </div>
      )}
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      {now.kind === 'there' &&
        (now.value.items.length ? (
          <ul class="lines">
            {now.value.items.map((one) => (
              <Line one={one} withdraw={() => withdraw(one)} key={one.id} />
            ))}
          </ul>
        ) : (
          <p class="hint">No invitations are open.</p>
        ))}
      {asking.open && (
        <InviteDialog
          made={(one) => {
            made.value = one
            again()
          }}
          onClose={asking.close}
        />
      )}
    </>
  )
}
