// How far an import is, and what came of it.
import type { Import } from '../api.ts'

const number = (value: number) => value.toLocaleString('en')

export function ImportResult({ of, stop }: { readonly of: Import; readonly stop: () => void }) {
  const name = of.dry_run ? 'Looking at the file' : 'Importing'
  if (of.state === 'running')
    return (
      <div class="work" role="group" aria-label={name}>
        <p>
          <b>{name}</b> <span class="n">{of.total === null ? '' : `${number(of.looked)} of ${number(of.total)}`}</span>
        </p>
        <progress max={of.total ?? 1} value={of.total === null ? undefined : of.looked} aria-label={name} />
        <button class="btn-quiet" type="button" onClick={stop}>
          Stop
        </button>
      </div>
    )
  if (of.state === 'failed') return <p class="wrong">{of.problem}</p>
  return (
    <div class="alert is-plain" role="status">
      <div>
        <p>
          <b>
            {number(of.taken)} {of.dry_run ? 'would be taken' : 'taken'}
          </b>
          , {number(of.same)} here already, {number(of.not_taken)} not taken
          {of.state === 'stopped' && '; stopped'}.
        </p>
        {of.new_inboxes.length > 0 && (
          <p>
            {of.dry_run ? 'Inboxes that would be added: ' : 'Inboxes that wait for their verification: '}
            <bdi>{of.new_inboxes.join(', ')}</bdi>
          </p>
        )}
        <p>
          <a href={`/v1/imports/${of.id}/report`} download>
            Report
          </a>{' '}
          <span class="hint">what is not taken and why, and what gets another address (CSV)</span>
        </p>
      </div>
    </div>
  )
}
