// Somebody else's mail, in a frame that can do nothing: no scripts, no forms, no origin, no network. A link that the reader clicks
// opens a window of its own, outside of the sandbox and without a way back. Images from elsewhere come only after a click, and by no proxy.
import { useSignal } from '@preact/signals'
import { Icon } from '../parts/icon.tsx'

type Props = { readonly src: string; readonly title: string; readonly remote: number }

function words(remote: number, loaded: boolean): string {
  if (remote === 0) return 'Nothing is loaded from elsewhere.'
  if (loaded) return 'Images are loaded from the sender’s servers, which see that you read this and from where.'
  return `${remote} remote ${remote === 1 ? 'image is' : 'images are'} not loaded: loading tells the sender that you read this.`
}

export function SealedFrame({ src, title, remote }: Props) {
  const loaded = useSignal(false)
  return (
    <div class="frame">
      <p class="frame-h">
        <Icon name="lock" />
        <span>Shown in a sealed frame. {words(remote, loaded.value)}</span>
        {remote > 0 && !loaded.value && (
          <button
            class="btn-quiet"
            type="button"
            onClick={() => {
              loaded.value = true
            }}
          >
            <Icon name="image" />
            Load images
          </button>
        )}
      </p>
      <iframe
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        referrerpolicy="no-referrer"
        title={title}
        src={loaded.value ? `${src}?images=true` : src}
      />
    </div>
  )
}
