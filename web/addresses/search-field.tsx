// Search as one types: the last word wins, an answer that comes late is never shown.
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../parts/icon.tsx'

const pauseMs = 120

export function SearchField({ value, search }: { readonly value: string; readonly search: (text: string) => void }) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (field.current && document.activeElement !== field.current) field.current.value = value
  }, [value])
  useEffect(() => () => clearTimeout(timer.current), [])
  const soon = (text: string) => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => search(text.trim()), pauseMs)
  }
  return (
    <label class="search">
      <span class="vh">Search addresses</span>
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        placeholder="Search company, address, label, note"
        autocomplete="off"
        spellcheck={false}
        defaultValue={value}
        maxLength={200}
        onInput={(event) => soon(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.currentTarget.value = ''
            soon('')
            event.currentTarget.blur()
          }
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  )
}
