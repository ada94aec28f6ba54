// The key for the app, as a QR code and as text, and a first code that proves it arrived.
import { signInByCode, type Codes } from '../api-sign-in.ts'
import { CopyButton } from '../parts/copy.tsx'
import { say } from '../say.ts'
import { AskOne } from './ask-one.tsx'
import { QrCode } from './qr-code.tsx'

/** The secret in groups of four, as people type it. */
const secretOf = (uri: string) => (new URL(uri).searchParams.get('secret') ?? '').replaceAll(/(.{4})/g, '$1 ').trim()

export const ProveCode = ({ codes, proved }: { readonly codes: Codes; readonly proved: () => void }) => (
  <>
    <p class="prose">
      Scan this with your app, or add the key below it as a time-based code. On the phone itself: <a href={codes.totpURI}>open it in the app</a>.
    </p>
    <QrCode text={codes.totpURI} label="The key as a QR code; it stands below as text" />
    <p class="once-t">
      <code tabIndex={0}>{secretOf(codes.totpURI)}</code>
      <CopyButton text={secretOf(codes.totpURI).replaceAll(' ', '')} />
    </p>
    <AskOne
      words="The code that the app shows"
      field="code"
      button="Switch it on"
      does={async (code) => {
        await signInByCode(code)
        say('A code is asked after the password from now on.')
        proved()
      }}
    />
  </>
)
