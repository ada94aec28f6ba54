// An address set as type: company strong, random letters plain, domain soft. Always left to right.
import { addressParts } from '../name-of.ts'

export function AddressText({ address }: { readonly address: string }) {
  const { name, random, domain } = addressParts(address)
  return (
    <span class="addr" dir="ltr">
      <span class="addr-n">{name}</span>
      {random && <span class="addr-r">{random}</span>}
      <span class="addr-d">{domain}</span>
    </span>
  )
}
