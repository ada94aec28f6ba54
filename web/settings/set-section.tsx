// A section of settings whose head has a button that adds something.
import type { ComponentChildren } from 'preact'
import { Icon } from '../parts/icon.tsx'

type Props = {
  readonly id: string
  readonly title: string
  readonly add: false | { readonly words: string; readonly do: () => void }
  readonly children: ComponentChildren
}

export const SetSection = ({ id, title, add, children }: Props) => (
  <section class="set" id={id} aria-labelledby={`${id}-h`}>
    <div class="sec-h">
      <h2 id={`${id}-h`}>{title}</h2>
      {add && (
        <button class="btn" type="button" onClick={add.do}>
          <Icon name="plus" />
          {add.words}
        </button>
      )}
    </div>
    {children}
  </section>
)
