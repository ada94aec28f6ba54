// What a row says beside a change: where mail goes now and what the sender sees, or why nothing changed.
import { Sees } from '../parts/sees.tsx'
import { Wrong } from '../parts/wrong.tsx'

export const RowJust = ({ until, refused }: { readonly until: number | undefined; readonly refused: string | undefined }) => (
  <td role="cell" class="c-just">
    {refused ? (
      <Wrong>{refused}</Wrong>
    ) : (
      <>
        <span>New mail goes to Holding.</span> <Sees state="burned" />
        <span class="fuse" aria-hidden="true" key={until} />
      </>
    )}
  </td>
)
