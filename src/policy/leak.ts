// What a reply may not tell, and what is found of it: the words that the scan, holding and the pages share.
import type { Mailbox } from '../mail/address.ts'

export type Secrets = {
  /** Every inbox of the account, verified or not, and its sign-in address; without those that are recipients of this very message. */
  readonly addresses: readonly Mailbox[]
  /** The owner's real name, if he set one; null when the alias is to show it. */
  readonly realName: string | null
}

/** Stored with a held message as it is (jsonb). */
export type Find = {
  readonly what: 'address' | 'local-part' | 'name' | 'key' | 'certificate' | 'metadata' | 'unreadable'
  /** What was found, for the owner's eyes; '' when it is 'unreadable'. */
  readonly shown: string
  /** In plain words: "text of the message", "file name of photo.jpg". */
  readonly where: string
  /** The MIME part to leave out, numbered as IMAP does (RFC 9051 §6.4.5), "1.2"; null: the header of the message, which nothing can be left out of. */
  readonly part: string | null
}
