// A new app password, for one address or for all, and what else a mail program asks for. Shown this once.
import { useSignal } from '@preact/signals'
import { createAppPassword, type Alias, type MailServer } from '../api.ts'
import { AskForm } from '../parts/ask-form.tsx'
import { CopyButton } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'

type Props = {
  readonly alias?: Alias
  readonly servers: readonly MailServer[]
  readonly close: () => void
  readonly made?: () => void
}

const securityWords = { tls: 'SSL/TLS', starttls: 'STARTTLS' } as const

export const ServerLines = ({ servers, user }: { readonly servers: readonly MailServer[]; readonly user: string }) => (
  <dl class="srv">
    {servers.map(({ host, port, security }) => (
      <div>
        <dt>Outgoing server (SMTP)</dt>
        <dd>
          <code>{host}</code> port <code>{port}</code>, {securityWords[security]}
        </dd>
      </div>
    ))}
    <div>
      <dt>User name</dt>
      <dd>
        <bdi>{user}</bdi>
      </dd>
    </div>
  </dl>
)

export function NewAppPassword({ alias, servers, close, made }: Props) {
  const password = useSignal<string | undefined>(undefined)
  return (
    <Dialog title="Send from a mail program" onClose={close}>
      {password.value === undefined ? (
        <AskForm
          button="Make the password"
          close={close}
          does={async ({ text }) => {
            if (!text('name')) throw new Error('Give it a name, so that you know it again.')
            password.value = (await createAppPassword({ name: text('name'), ...(alias && { alias_id: alias.id }) })).password
            made?.()
          }}
        >
          {(wrong) => (
            <>
              <p class="prose">
                A password for {alias ? <bdi>{alias.address}</bdi> : 'every address of yours'}, for one program. It sends and does nothing else.
              </p>
              <Field words="Which program" name="name" autocomplete="off" maxLength={100} placeholder="Thunderbird on the laptop" wrong={wrong} />
            </>
          )}
        </AskForm>
      ) : (
        <>
          <div class="once" role="group" aria-label="New app password">
            <p>Copy it now. It is shown once and kept only as a hash.</p>
            <p class="once-t">
              <code tabIndex={0}>{password.value}</code>
              <CopyButton text={password.value} />
            </p>
          </div>
          <ServerLines servers={servers} user={alias?.address ?? 'the address that you send from'} />
          <div class="actions">
            <button class="btn" type="button" onClick={close}>
              Done
            </button>
          </div>
        </>
      )}
    </Dialog>
  )
}
