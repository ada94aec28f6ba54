// How an address is taken apart for the eye: the company strong, the random letters plain, the domain soft.

export type AddressParts = { readonly name: string; readonly random: string; readonly domain: string }

/** Burnbox's own ending is a hyphen and five letters or digits; a name of one's own has none and stays whole. */
export function addressParts(address: string): AddressParts {
  const at = address.lastIndexOf('@')
  const local = at < 0 ? address : address.slice(0, at)
  const domain = at < 0 ? '' : address.slice(at)
  const ending = /^(.+)(-[a-z2-9]{5})$/.exec(local)
  return ending ? { name: ending[1]!, random: ending[2]!, domain } : { name: local, random: '', domain }
}

export const localPart = (address: string) => address.slice(0, Math.max(0, address.lastIndexOf('@'))) || address

/** What a row is called: the company's site, or for an address without one its own name. */
export const companyOf = (alias: { readonly site: string | null; readonly address: string }) =>
  alias.site || addressParts(alias.address).name

/** First letter as a person sees it: a letter with its accents, an emoji with its parts. */
export function monogram(name: string): string {
  const [first] = new Intl.Segmenter().segment(name.trim())
  return first?.segment ?? '?'
}

export type Sender = { readonly name: string; readonly address: string }

/** "Name <address>" in two; what has no such form is all name. */
export function senderOf(from: string): Sender {
  const both = /^\s*(.*?)\s*<([^<>]*)>\s*$/.exec(from)
  if (!both) return { name: from, address: '' }
  const name = both[1]!.replace(/^"(.*)"$/, '$1')
  return name ? { name, address: both[2]! } : { name: both[2]!, address: '' }
}

export function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`
  if (bytes < 10_000_000_000) return `${(bytes / 1_000_000).toLocaleString('en', { maximumFractionDigits: bytes < 10_000_000 ? 1 : 0 })} MB`
  return `${Math.round(bytes / 1_000_000_000).toLocaleString('en')} GB`
}
