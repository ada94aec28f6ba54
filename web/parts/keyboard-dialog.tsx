// All keys, by "?".
import { Dialog } from './dialog.tsx'

const keys: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['/'], 'Search'],
  [['n'], 'New address'],
  [['j', 'k'], 'Next, previous'],
  [['Enter'], 'Open'],
  [['c'], 'Copy the address'],
  [['b'], 'Burn'],
  [['z'], 'Undo, for 8 seconds'],
  [['x'], 'Choose, for several at once'],
  [['r'], 'In Holding: release'],
  [['u'], 'In Holding: restore and deliver'],
  [['#'], 'In Holding: delete'],
  [['g', 'a'], 'Go to Addresses'],
  [['g', 'h'], 'Go to Holding'],
  [['g', 'o'], 'Go to Overview'],
  [['g', 's'], 'Go to Settings'],
  [['?'], 'This list'],
  [['Esc'], 'Close'],
]

export const KeyboardDialog = ({ onClose }: { readonly onClose: () => void }) => (
  <Dialog title="Keyboard" onClose={onClose}>
    <dl class="keys">
      {keys.map(([each, does]) => (
        <div>
          <dt>
            {each.map((key, i) => (
              <>
                {i > 0 && ' '}
                <kbd>{key}</kbd>
              </>
            ))}
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  </Dialog>
)
