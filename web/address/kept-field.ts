// A field that is kept when one leaves it; what was kept is said.
import { useSignal } from '@preact/signals'
import { keep } from '../alias-store.ts'
import { changeAlias, type Alias, type AliasChange } from '../api.ts'
import { useSending } from '../parts/use-sending.ts'

export function useKeptField(alias: Alias, field: 'note' | 'display_name') {
  const saved = useSignal(false)
  const { wrong, sendInTurn } = useSending()
  const input = {
    defaultValue: alias[field] ?? '',
    onInput: () => {
      saved.value = false
    },
    onBlur: async (event: { readonly currentTarget: { readonly value: string } }) => {
      const text = event.currentTarget.value.trim()
      if (text === (alias[field] ?? '')) return
      const change: AliasChange = { [field]: text || null }
      saved.value = await sendInTurn(async () => {
        keep(await changeAlias(alias.id, change))
      })
    },
  }
  return { saved, wrong, input }
}
