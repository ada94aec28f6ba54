// The body of a forward for an account with `banner`: a line on top of what is shown, with links that burn and that manage the alias.
// Every other octet stays as it came.

import { editedContent } from '../mail/edited-content.ts'
import type { Content } from '../mail/content.ts'
import { fieldsNamed, fieldsOf, valueOf, type Field } from '../mail/header.ts'
import { bannerEdits, mayHaveBanner } from '../policy/banner.ts'
import type { AliasFact } from '../policy/decide.ts'
import { burnButton, burnsAlias, type NamedDelivery } from './burn-link.ts'
import type { Host } from './host.ts'
import { withWholeBody } from './with-whole-body.ts'

/** @param fields of the message as it came  @param header of the forward, with its burn button */
export const withBanner = async (
  host: Host, alias: AliasFact, delivery: NamedDelivery, fields: readonly Field[], header: Buffer, content: Content,
): Promise<Content> => {
  if (!alias.rules?.banner || alias.rules.strangers === undefined || !mayHaveBanner(fields)) return content
  const { prefix, url } = burnButton(host, delivery, '')
  const banner = {
    address: alias.address, prefix, burns: (token: string) => burnsAlias(host, alias.id, token),
    burn: linkIn(header, prefix) ?? url(undefined), manage: new URL(`/addresses/${alias.uuid}`, host.config.url).href,
  }
  return withWholeBody(content, (body) => editedContent(content, bannerEdits(fields, body, banner)))
}

/** The link of the button in the header, which knows the sender's own way to unsubscribe. */
const linkIn = (header: Buffer, prefix: string): string | undefined =>
  fieldsNamed(fieldsOf(header), 'list-unsubscribe').flatMap((field) => [...valueOf(field).replaceAll(/\s+/g, '').matchAll(/<([^<>]*)>/g)])
    .map(([, uri = '']) => uri).find((uri) => uri.startsWith(prefix))
