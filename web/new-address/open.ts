// Whether the dialog for a new address is open, and for which company.
import { signal } from '@preact/signals'

export const newAddressFor = signal<string | undefined>(undefined)
export const newAddress = (site: string) => {
  newAddressFor.value = site
}
