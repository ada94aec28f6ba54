// What is wrong with a field, tied to it by its id.
import type { ComponentChildren } from 'preact'
import { Icon } from './icon.tsx'

export const Wrong = ({ id, children }: { readonly id?: string; readonly children: ComponentChildren }) => (
  <p class="wrong" id={id} role="alert">
    <Icon name="warn" />
    <span>{children}</span>
  </p>
)
