// `shop-7kq2m+care=new.example@burn.example`: by mail to it an owner asks how to write to care@new.example as shop-7kq2m@burn.example.
// No alias has a plus or an equals sign in it (policy/local-part), so that nothing else is meant.
import { domainOf, localPartOf, parseMailbox, type Mailbox } from './address.ts'

const form = /^([^+]+)\+(.+)=([^=]+)$/

export const parseWriteAddress = (mailbox: Mailbox): { readonly alias: Mailbox; readonly address: Mailbox } | undefined => {
  const [, alias, name, domain] = form.exec(localPartOf(mailbox)) ?? []
  const address = name && parseMailbox(`${name}@${domain}`)
  const own = alias && parseMailbox(`${alias}@${domainOf(mailbox)}`)
  return own && address ? { alias: own, address } : undefined
}
