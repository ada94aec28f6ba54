// A new token: a name, and what it may do.
import { createToken, type Scope } from '../api.ts'
import { AskForm } from '../parts/ask-form.tsx'
import { Field } from '../parts/field.tsx'
import { Checks, chosenOf, type Checkable } from './checks.tsx'

const scopes: readonly Checkable<Scope>[] = [
  ['create', 'make addresses'],
  ['read', 'read addresses and held mail'],
  ['manage', 'everything: burn, release, delete'],
]

const dayMs = 86_400_000
const ends = [
  ['', 'No end'],
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', 'A year'],
] as const

type Props = {
  readonly domains: readonly string[]
  readonly created: (name: string, token: string) => void
  readonly close: () => void
}

export const NewToken = ({ domains, created, close }: Props) => (
  <AskForm
    class="stack token-f"
    button="Make the token"
    close={close}
    does={async ({ text, all }) => {
      const chosen = chosenOf(scopes, all('scope'))
      if (!text('name')) throw new Error('Give it a name, so that you know it again.')
      if (!chosen.length) throw new Error('Choose at least one thing that it may do.')
      const made = await createToken({
        name: text('name'),
        scopes: chosen,
        ...(text('days') && { expires_at: new Date(Date.now() + Number(text('days')) * dayMs).toISOString() }),
        ...(text('domain') && { domain: text('domain') }),
        ...(text('limit') && { daily_limit: Number(text('limit')) }),
      })
      created(text('name'), made.token)
    }}
  >
    {(wrong) => (
      <>
        <Field words="Name" name="name" autocomplete="off" maxLength={32} wrong={wrong} />
        <Checks legend="It may" name="scope" choices={scopes} on={['create']} />
        <div class="two">
          <label class="field">
            <span class="field-l">Works for</span>
            <select class="input" name="days">
              {ends.map(([days, words]) => (
                <option value={days}>{words}</option>
              ))}
            </select>
          </label>
          <Field
            words={
              <>
                Addresses a day <i>empty: any number</i>
              </>
            }
            type="number"
            name="limit"
            min={1}
            max={100_000}
          />
          {domains.length > 1 && (
            <label class="field">
              <span class="field-l">Makes addresses of</span>
              <select class="input" name="domain">
                <option value="">every domain</option>
                {domains.map((domain) => (
                  <option value={domain}>{domain}</option>
                ))}
              </select>
            </label>
          )}
        </div>
      </>
    )}
  </AskForm>
)
