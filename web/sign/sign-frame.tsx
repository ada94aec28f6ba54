// The frame of the pages before sign-in. Its first words stand in index.html too, so that they are read before any script.
import type { ComponentChildren } from 'preact'
import { Mark } from '../parts/icon.tsx'
import { Matches } from './matches.tsx'

type Props = { readonly head: ComponentChildren; readonly children: ComponentChildren; readonly foot?: ComponentChildren }

export const SignFrame = ({ head, children, foot }: Props) => (
  <div class="p-sign">
    <a class="skip" href="#main">
      Skip to content
    </a>
    <main id="main" class="sign">
      <div class="sign-b">
        <p class="brand sign-brand">
          <Mark />
          <span>Burnbox</span>
        </p>
        <p class="sign-say">
          <span>An address for every company.</span> <span>Burn the one that leaks.</span>
        </p>
        <h1>{head}</h1>
        {children}
      </div>
      {foot && <p class="sign-foot">{foot}</p>}
    </main>
    <Matches />
  </div>
)
