// A drawing of the sprite in index.html. Always beside a word or an aria-label, so hidden from readers.
export const Icon = ({ name, class: more }: { readonly name: string; readonly class?: string }) => (
  <svg class={more ? `i ${more}` : 'i'} aria-hidden="true">
    <use href={`#i-${name}`} />
  </svg>
)

export const Mark = () => (
  <svg class="mark" viewBox="0 0 20 20" aria-hidden="true">
    <use href="#mark" />
  </svg>
)
