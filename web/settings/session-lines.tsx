// Where one is signed in: each can be ended.
import { endOtherSessions, endSession, sessions as readSessions } from '../api-sign-in.ts'
import { Icon } from '../parts/icon.tsx'
import { useOpen } from '../parts/use-open.ts'
import { useReading } from '../parts/use-reading.ts'
import { useSending } from '../parts/use-sending.ts'
import { When } from '../parts/when.tsx'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { OpenButton, SettingsLine } from './settings-line.tsx'

export function SessionLines() {
  const more = useOpen()
  const { state, again } = useReading((signal) => readSessions(signal), [])
  const { wrong, send } = useSending()
  const now = state.value
  if (now.kind !== 'there') return <SettingsLine name="Signed in" hint={now.kind === 'failed' ? 'It could not be read.' : undefined} />
  const { items } = now.value
  const end = async (words: string, does: () => Promise<void>) => {
    if (!(await send(does))) return
    say(words)
    again()
  }
  return (
    <SettingsLine
      name="Signed in"
      hint={items.map((one) => one.device).slice(0, 3).join(', ')}
      state={items.length === 1 ? 'Here alone' : `${items.length} devices`}
      action={
        <OpenButton
          open={more.open}
          words="See all"
          label={`${more.open ? 'Close' : 'See all'} where you are signed in`}
          toggle={more.toggle}
        />
      }
    >
      {more.open && (
        <>
          {wrong.value && <Wrong>{wrong.value}</Wrong>}
          <ul class="subs">
            {items.map((one) => (
              <li key={one.id}>
                <Icon name="laptop" />
                <span>
                  {one.device}
                  {one.address && <span class="soft"> {one.address}</span>}
                </span>
                <span class="hint">
                  {one.current ? (
                    'this one'
                  ) : (
                    <>
                      used <When at={one.used_at} />
                    </>
                  )}
                </span>
                {!one.current && (
                  <button
                    class="btn-quiet"
                    type="button"
                    aria-label={`Sign out ${one.device}`}
                    onClick={() => void end(`Signed out ${one.device}.`, () => endSession(one.id))}
                  >
                    Sign out
                  </button>
                )}
              </li>
            ))}
          </ul>
          {items.length > 1 && (
            <p>
              <button class="btn" type="button" onClick={() => void end('Signed out everywhere else.', endOtherSessions)}>
                Sign out everywhere else
              </button>
            </p>
          )}
        </>
      )}
    </SettingsLine>
  )
}
