// Closing an address: from now on its senders are told that it does not exist.
import { keep } from '../alias-store.ts'
import { closeAlias, type Alias } from '../api.ts'
import { refusedFor } from '../burning.ts'
import { say } from '../say.ts'

export async function close(alias: Alias) {
  try {
    keep(await closeAlias(alias.id))
    say('Closed. Sender sees no such address, 550.')
  } catch (error) {
    const why = `Not closed: ${error instanceof Error ? error.message : 'the server did not answer.'}`
    refusedFor.value = new Map(refusedFor.value).set(alias.id, why)
    say(why)
  }
}
