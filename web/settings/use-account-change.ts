// A change of the account's own settings. Refused, the page shows again what is in force.
import { account, refreshAccount } from '../account.ts'
import { changeMe } from '../api.ts'
import { useSending } from '../parts/use-sending.ts'
import { say } from '../say.ts'

export function useAccountChange() {
  const { wrong, sendInTurn } = useSending()
  const change = (part: Parameters<typeof changeMe>[0], words: string) =>
    void sendInTurn(async () => {
      account.value = await changeMe(part)
      say(words)
    }).then((done) => {
      if (!done) refreshAccount()
    })
  return { wrong, change }
}
