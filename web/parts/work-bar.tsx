// Long work: what it is, how far it is, and Stop.
import { work } from '../in-turn.ts'
import { AfterAWhile } from './after-a-while.tsx'

export function WorkBar() {
  const now = work.value
  if (!now) return null
  const count = now.total === undefined ? '' : `${now.done.toLocaleString('en')} of ${now.total.toLocaleString('en')}`
  return (
    <AfterAWhile>
      <div class="work" role="group" aria-label={now.words}>
        <p>
          <b>{now.words}</b> <span class="n">{count}</span>
        </p>
        <progress max={now.total} value={now.total === undefined ? undefined : now.done} aria-label={now.words}>
          {count}
        </progress>
        <button class="btn-quiet" type="button" onClick={now.stop}>
          Stop
        </button>
      </div>
    </AfterAWhile>
  )
}
