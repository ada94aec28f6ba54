// Two pages that ask for a mail with a link: a new password, or an account where sign-up is open. What they answer says nothing about who
// has an account.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { askAccount, askReset } from '../api-sign-in.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Field } from '../parts/field.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { SignFrame } from './sign-frame.tsx'

const pages = {
  reset: {
    head: 'A new password',
    prose: 'You get a mail with a link. It works for an hour, once.',
    button: 'Send the link',
    done: 'If there is an account with this address, a mail with a link is on its way to its inbox.',
    ask: askReset,
  },
  account: {
    head: 'An account of your own',
    prose: 'You get a mail with a link. There you choose how to sign in.',
    button: 'Send the link',
    done: 'A mail is on its way to this address.',
    ask: askAccount,
  },
} as const

export function AskByMailPage({ what }: { readonly what: keyof typeof pages }) {
  const { head, prose, button, done, ask } = pages[what]
  const asked = useSignal(false)
  const { busy, wrong, send } = useSending()
  useEffect(() => {
    document.title = `${head} – Burnbox`
  }, [])
  async function submit(event: SubmitEvent) {
    event.preventDefault()
    const email = String(new FormData(event.currentTarget as HTMLFormElement).get('email') ?? '').trim()
    asked.value = await send(async () => {
      if (!/.@./.test(email)) throw new Error('Write an e-mail address like you@family.example.')
      await ask(email)
    })
  }
  return (
    <SignFrame head={head} foot={<a href="/">Sign in</a>}>
      {asked.value ? (
        <p class="prose" role="status">
          {done}
        </p>
      ) : (
        <form class="stack" onSubmit={submit} noValidate>
          <p class="prose">{prose}</p>
          <Field words="E-mail" type="email" name="email" autocomplete="username" autocapitalize="none" spellcheck={false} />
          {wrong.value && <Wrong>{wrong.value}</Wrong>}
          <BusyButton busy={busy.value} class="btn btn-primary btn-wide btn-tall">
            {button}
          </BusyButton>
        </form>
      )}
    </SignFrame>
  )
}
