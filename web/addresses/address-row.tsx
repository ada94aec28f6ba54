// One address of the list. The whole row is its link; what must be pressed lies above it.
import { knownAlias } from '../alias-store.ts'
import { lit, refusedFor } from '../burning.ts'
import { companyOf, localPart, monogram } from '../name-of.ts'
import { Strangers } from '../parts/flag.tsx'
import { CopyAddress } from '../parts/copy.tsx'
import { Icon } from '../parts/icon.tsx'
import { Pinned } from '../parts/pinned.tsx'
import { StateMark } from '../parts/state-mark.tsx'
import { senderSees } from '../parts/sees.tsx'
import { Spark } from '../parts/spark.tsx'
import { When } from '../parts/when.tsx'
import { chosen, toggle } from './chosen.ts'
import { cursor } from './cursor.ts'
import { LabelEdit } from './label-edit.tsx'
import { RowAction } from './row-action.tsx'
import { RowJust } from './row-just.tsx'

export function AddressRow({ id, index }: { readonly id: string; readonly index: number }) {
  const alias = knownAlias(id)?.value
  if (!alias) return null
  const isLit = lit.value?.ids.includes(id) ?? false
  const refused = refusedFor.value.get(id)
  const name = companyOf(alias)
  const looks = ['row', isLit && 'is-just is-lit', refused && 'is-failed', cursor.value === id && 'is-cursor'].filter(Boolean).join(' ')
  const into = alias.inboxes.map((inbox) => inbox.address)
  return (
    <tr role="row" class={looks} data-state={alias.state} data-id={id} aria-rowindex={index + 2}>
      <td role="cell" class="c-mark">
        {alias.system ? (
          <span class="gram" aria-hidden="true">
            {monogram(name)}
          </span>
        ) : (
          <label class="pick">
            <input type="checkbox" aria-label={`Choose ${name}`} checked={chosen.value.has(id)} onChange={() => toggle(id)} />
            <span class="gram" aria-hidden="true">
              {monogram(name)}
            </span>
          </label>
        )}
      </td>
      <th role="rowheader" scope="row" class="c-name">
        <a
          href={`/addresses/${id}`}
          onFocus={() => {
            cursor.value = id
          }}
        >
          <bdi>{name}</bdi>
        </a>
        <Strangers count={alias.strangers} />
        {alias.pinned && <Pinned brief />}
      </th>
      <td role="cell" class="c-label">
        <LabelEdit alias={alias} />
      </td>
      <td role="cell" class="c-addr">
        <CopyAddress address={alias.address} />
      </td>
      <td role="cell" class="c-inbox" title={into.join(', ')} dir="ltr">
        {into.map(localPart).join(', ') || <span class="soft">none</span>}
      </td>
      <td role="cell" class="c-last">
        {alias.last_message_at ? <When at={alias.last_message_at} /> : <span class="soft">no mail</span>}
      </td>
      <td role="cell" class="c-plot">
        {alias.plot && <Spark plot={alias.plot} />}
      </td>
      <td role="cell" class="c-state">
        <StateMark state={alias.state} />
        {alias.state === 'burned' && alias.holding > 0 && (
          <a class="held" href={`/holding?alias_id=${id}`} aria-label={`${alias.holding} held for ${alias.address}`}>
            {alias.holding.toLocaleString('en')} held
          </a>
        )}
        <span class="then" aria-hidden="true">
          <Icon name="eye" />
          sees “{senderSees.burned[0]}”
        </span>
      </td>
      <td role="cell" class="c-act">
        {!alias.system && <RowAction alias={alias} isLit={isLit} />}
      </td>
      {(isLit || refused) && <RowJust until={lit.value?.until} refused={refused} />}
    </tr>
  )
}
