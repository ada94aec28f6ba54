// Somebody else's mail, in a frame that can do nothing: no scripts, no forms, no origin, no network. A link that the reader clicks
// opens a window of its own, outside of the sandbox and without a way back.
import { Icon } from '../parts/icon.tsx'

type Props = { readonly src: string; readonly title: string; readonly remote: number }

export const SealedFrame = ({ src, title, remote }: Props) => (
  <div class="frame">
    <p class="frame-h">
      <Icon name="lock" />
      <span>
        Shown in a sealed frame.{' '}
        {remote > 0
          ? `${remote} remote ${remote === 1 ? 'image is' : 'images are'} not loaded: loading tells the sender that you read this.`
          : 'Nothing is loaded from elsewhere.'}
      </span>
    </p>
    <iframe sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer" title={title} src={src} />
  </div>
)
