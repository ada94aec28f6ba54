// For the day when the phone is gone.
import { CopyButton } from '../parts/copy.tsx'

export const RecoveryCodes = ({ codes }: { readonly codes: readonly string[] }) => (
  <div class="once" role="group" aria-label="Recovery codes">
    <p>
      <b>Recovery codes.</b> Keep them where your phone is not. Each works once, and they are shown only now.
    </p>
    <p class="once-t">
      <code class="codes" tabIndex={0}>
        {codes.join(' ')}
      </code>
      <CopyButton text={codes.join('\n')} />
    </p>
  </div>
)
