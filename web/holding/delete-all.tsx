// Deleting several at once is the one thing in Holding that asks first.
import { refreshAccount } from '../account.ts'
import { deleteMany, heldList, type HeldGroup } from '../api.ts'
import { whileMore } from '../in-turn.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { say } from '../say.ts'
import { refreshHeld } from './held-list.ts'

const atOnce = 100

async function deleteAll({ alias_id: aliasId, count }: HeldGroup) {
  let left = count
  try {
    await whileMore('Deleting', async () => {
      const { items, next } = await heldList({ alias_id: aliasId, limit: atOnce })
      if (items.length) await deleteMany(items.map(({ id }) => id))
      left -= items.length
      return { done: items.length, left: Math.max(0, left), next }
    })
    say('Deleted.')
  } catch (error) {
    say(error instanceof Error ? error.message : 'Not deleted.')
  }
  refreshAccount(300)
  await refreshHeld()
}

export const DeleteAll = ({ group, onClose }: { readonly group: HeldGroup; readonly onClose: () => void }) => (
  <Dialog title={`Delete ${group.count.toLocaleString('en')} held ${group.count === 1 ? 'message' : 'messages'}`} onClose={onClose}>
    <p class="prose">
      Everything that is held for <bdi>{group.alias}</bdi> is deleted for good. The address itself stays as it is.
    </p>
    <div class="actions">
      <button
        class="btn btn-primary"
        type="button"
        onClick={() => {
          onClose()
          void deleteAll(group)
        }}
      >
        <Icon name="trash" />
        Delete all
      </button>
      <button class="btn" type="button" onClick={onClose}>
        Keep them
      </button>
    </div>
  </Dialog>
)
