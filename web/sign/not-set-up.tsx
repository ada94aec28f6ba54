// A host without accounts: the way in is the link that it printed.
import type { Session } from '../api-sign-in.ts'
import { SignFrame } from './sign-frame.tsx'

export const NotSetUp = ({ host }: { readonly host: Session }) => (
  <SignFrame
    head={
      <>
        <b>{host.domain}</b> has no account yet
      </>
    }
  >
    <p class="prose">
      Open the set-up link that Burnbox printed when it started. It looks like <code>/setup#…</code> and works once.
    </p>
  </SignFrame>
)
