// The text that explains an export to whoever opens it; docs/export.md says the same at length.

export const exportReadme = (facts: { readonly host: string; readonly email: string; readonly at: Date; readonly withKeys: boolean }): string => [
  `This is everything that Burnbox at ${facts.host} keeps for ${facts.email}, as of ${facts.at.toISOString()}.`,
  '',
  'aliases.csv             your addresses, for a spreadsheet',
  'aliases.jsonl           your addresses with all that is known of them, one JSON object a line',
  'correspondents.jsonl    who wrote to them, and the reverse alias through which you answer each',
  'expected-senders.jsonl  whom each address was given to',
  'blocks.jsonl            whom you hear from at no address',
  'webhooks.jsonl          the programs that are called, without the secrets that sign',
  'activity.jsonl          what happened, newest first',
  'held.mbox               held mail, for any mail program (mbox, RFC 4155, "mboxrd")',
  'held.jsonl              why each of these messages is held, by the X-Burnbox-Held field in front of it',
  'account.json            the account, its settings, inboxes and domains',
  ...facts.withKeys ? ['dkim-keys.json          the private keys of your domains. Keep them to yourself'] : [],
  '',
  'Another Burnbox takes this archive as it is: Settings, Data, Import, or: burnbox import FILE --from burnbox',
  'Passwords, passkeys, tokens and sessions are not in it. Your mail is, and the keys of its threads: keep it to yourself.',
  '',
].join('\r\n')
