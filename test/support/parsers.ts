// Everything in src/mail and src/policy that reads or rewrites what strangers write, by its file, ready to be given any text: for tests that none of
// it throws or takes long. `test/fuzz/parsers.test.ts` sees to it that no file is left out.
import { Buffer } from 'node:buffer'
import * as address from '../../src/mail/address.ts'
import * as addressList from '../../src/mail/address-list.ts'
import { nextArcSet } from '../../src/mail/arc.ts'
import { authservIdOf } from '../../src/mail/authserv-id.ts'
import { isAutomatic } from '../../src/mail/automatic.ts'
import { decodeBase32 } from '../../src/mail/base32.ts'
import { isBurnLocalPart, readBurnToken } from '../../src/mail/burn-token.ts'
import { namedInCalendar, renamedCalendar } from '../../src/mail/calendar.ts'
import { canonicalBody } from '../../src/mail/canonical-body.ts'
import { changeText, decodeText } from '../../src/mail/charset.ts'
import { deliveryReport } from '../../src/mail/delivery-report.ts'
import { cmsKind, octetStringsOf } from '../../src/mail/der.ts'
import { dkimSignature, signedFields, type SignatureFacts } from '../../src/mail/dkim.ts'
import { dnsTags } from '../../src/mail/dns-tags.ts'
import { dotStuffed } from '../../src/mail/dot-stuffing.ts'
import { isReport, parseDsn } from '../../src/mail/dsn.ts'
import * as encodedWord from '../../src/mail/encoded-word.ts'
import { soleFrom } from '../../src/mail/from.ts'
import { headerViolation } from '../../src/mail/header-limits.ts'
import * as header from '../../src/mail/header.ts'
import { startOfHtmlBody } from '../../src/mail/html-body.ts'
import { addressOctets, isPublicAddress } from '../../src/mail/ip-address.ts'
import { decodedBy, mappedBy, sourceText } from '../../src/mail/mapped-text.ts'
import { messageIdsIn, readMessageId } from '../../src/mail/message-id.ts'
import { leftOut } from '../../src/mail/mime-left-out.ts'
import { parseStructured } from '../../src/mail/mime-parameters.ts'
import { parseMime } from '../../src/mail/mime.ts'
import { orderExchanges } from '../../src/mail/mx.ts'
import { armoredBlocks, packetsOf } from '../../src/mail/openpgp-packets.ts'
import { decodeLabel } from '../../src/mail/punycode.ts'
import { parseReplyPath } from '../../src/mail/reply-path.ts'
import { reportKind } from '../../src/mail/report-kind.ts'
import { parseVerp } from '../../src/mail/return-path.ts'
import { isReverseLocalPart, kindOfLocalPart, splitReverse } from '../../src/mail/reverse-alias.ts'
import { readSignedDelivery } from '../../src/mail/signed-delivery.ts'
import { folding, viewsOf } from '../../src/mail/text-views.ts'
import { hasPassed, receivedField } from '../../src/mail/trace.ts'
import { decodeTransfer, encodeTransfer } from '../../src/mail/transfer-encoding.ts'
import { parseWriteAddress } from '../../src/mail/write-address.ts'
import { bannerEdits, mayHaveBanner } from '../../src/policy/banner.ts'
import { isBulk } from '../../src/policy/bulk.ts'
import { withBurnFields } from '../../src/policy/burn-fields.ts'
import { checksOf, checksText } from '../../src/policy/checks.ts'
import { displayName, safeName } from '../../src/policy/display-name.ts'
import { matchesGlob, readGlob } from '../../src/policy/glob.ts'
import { withoutAddresses as withoutAddressesIn } from '../../src/policy/hold-text.ts'
import { importFormats, readFormat } from '../../src/policy/import/formats.ts'
import { NotThisFormat } from '../../src/policy/import/row.ts'
import { hasBareLineEnds, intact } from '../../src/policy/intact.ts'
import { calendarsIn, invitationEdits, invitedIn, mayHoldCalendar } from '../../src/policy/invitation.ts'
import { needlesOf } from '../../src/policy/leak-needles.ts'
import { scanForLeaks, scanUnpacked } from '../../src/policy/leak-scan.ts'
import { mailboxesOfListField, rewriteListField } from '../../src/policy/list-fields.ts'
import { checkCustomLocalPart, localPartFor } from '../../src/policy/local-part.ts'
import { mayBeMadeUp } from '../../src/policy/made-up.ts'
import { markStranger } from '../../src/policy/mark-stranger.ts'
import { maskAddresses } from '../../src/policy/mask-addresses.ts'
import { organisationOf } from '../../src/policy/organisation.ts'
import { passedBack, statusIn, withoutAddresses } from '../../src/policy/passed-back.ts'
import { replyHeader } from '../../src/policy/reply-header.ts'
import { isReserved } from '../../src/policy/reserved.ts'
import { restoreBounced } from '../../src/policy/restore-bounced.ts'
import { correspondentsOf, rewriteHeader } from '../../src/policy/rewrite.ts'
import { screen } from '../../src/policy/screen.ts'
import { worthSealing } from '../../src/policy/seal.ts'
import { registrableDomain } from '../../src/policy/site.ts'
import { authorOf } from '../../src/policy/stranger.ts'
import { checkSubdomain } from '../../src/policy/subdomain.ts'
import { threadOf, withOriginalIds } from '../../src/policy/thread.ts'
import { transliterate } from '../../src/policy/transliterate.ts'
import { wantedAs } from '../../src/policy/wanted.ts'
import { checkWebhookUrl } from '../../src/policy/webhook.ts'

const alias = 'shop-7kq2m@burn.example' as address.Mailbox
const at = new Date(0)
const mac = (): Uint8Array => new Uint8Array(32)
const domain = 'burn.example'
const banner = {
  address: alias, burn: 'https://burn.example/burn/x', manage: 'https://burn.example/addresses/1', prefix: 'https://burn.example/burn/', burns: () => false,
}
const button = { url: () => banner.burn, mailto: 'mailto:u.x@burn.example', oneClick: true, prefix: banner.prefix }
const needles = needlesOf({ addresses: ['jane.doe84@home.example' as address.Mailbox], realName: 'Jane Doe' }, alias)
const noThread = { inReplyTo: [], references: [] }
const names = { alias, correspondentOf: () => undefined }
const signature = (fields: readonly header.Field[]): SignatureFacts =>
  ({ algorithm: 'rsa-sha256', domain, selector: 's', at, fields: signedFields(fields), bodyHash: Buffer.alloc(32) })

/** A message whose top says that the text is of this type; the text stands below an empty line. */
const body = (type: string, bytes: Buffer): { readonly fields: readonly header.Field[]; readonly body: Buffer } => (
  { fields: header.parseFields(Buffer.from(`Content-Type: ${type}\r\n`)), body: Buffer.concat([Buffer.from('\r\n'), bytes]) })
/** The text as the value of a field, folded where it has line ends. */
const field = (name: string, text: string): header.Field[] => header.parseFields(Buffer.from(`${name}: ${text.replaceAll(/[\r\n]+/g, '\r\n ')}\r\n`))
const each = (names: readonly string[], text: string, read: (fields: header.Field[]) => unknown): void => {
  for (const name of names) read(field(name, text))
}

type Read = (text: string, bytes: Buffer) => unknown

/** By file. Each does all that its file can do with a text. */
export const parsers: Readonly<Record<string, Read>> = {
  'mail/address': (text) => {
    for (const one of [text, `"${text}`, `@${text}`, `a@${text}`, `a@[${text}`]) {
      const mailbox = address.parseMailbox(address.withoutSourceRoute(one))
      if (mailbox) address.lowerCased(mailbox)
      address.parseReversePath(one)
      address.parseDomain(one)
      address.isDotAtom(one)
    }
  },
  'mail/address-list': (text) => {
    for (const one of [text, `"${text}`, `a: ${text}`, `a <${text}`, `(${text}`]) addressList.mailboxesIn(addressList.parseAddressList(one))
    addressList.formatMailbox(text, alias)
  },
  'mail/arc': (text) => each(['ARC-Seal', 'ARC-Message-Signature', 'ARC-Authentication-Results'], `i=1; ${text}`, (fields) =>
    nextArcSet(fields, { chain: 'none', authenticationResults: text }, signature(fields))),
  'mail/authserv-id': (text) => [authservIdOf(text), authservIdOf(`"${text}`), authservIdOf(`(${text}`)],
  'mail/automatic': (text) => each(['Auto-Submitted', 'Precedence', 'Content-Type'], text, isAutomatic),
  'mail/base32': (text) => decodeBase32(text),
  'mail/burn-token': (text) => [readBurnToken(text, mac, 1), isBurnLocalPart(`u.${text}`)],
  'mail/calendar': (text, bytes) => {
    const calendar = Buffer.from(`ATTENDEE;CN="${text}":mailto:${text}\r\n${text}\r\nORGANIZER${text}\r\n`)
    for (const octets of [bytes, calendar]) {
      namedInCalendar(octets)
      renamedCalendar(octets, () => ({ address: alias, name: 'x' }))
    }
  },
  'mail/canonical-body': (_text, bytes) => {
    const canonical = canonicalBody({ update: () => {} })
    canonical.write(bytes)
    canonical.end()
  },
  'mail/charset': (text, bytes) => {
    for (const charset of [undefined, 'utf-8', 'utf-7', 'utf-16', 'iso-2022-jp', 'gb18030', text.slice(0, 200)]) {
      const decoded = decodeText(charset, bytes)
      changeText(bytes, decoded, [{ start: 0, end: Math.min(1, decoded.text.length), by: 'x' }])
    }
  },
  'mail/delivery-report': (text) => deliveryReport({
    domain, to: alias, at, messageId: `1@${domain}`, originalMessageId: text, sentAt: at, originalFrom: text, originalTo: text, recipient: alias,
    subject: Buffer.from('Subject: x\r\n'), status: '5.0.0', diagnostic: text, paragraphs: [text],
  }),
  'mail/der': (_text, bytes) => {
    for (const one of [bytes, Buffer.concat([Buffer.from([0x30, 0x80]), bytes])]) {
      octetStringsOf(one)
      cmsKind(one)
    }
  },
  'mail/dkim': (text, bytes) => {
    dkimSignature(signature(header.parseFields(bytes)))
    each(['From', 'Subject', 'List-Unsubscribe'], text, (fields) => dkimSignature(signature(fields)))
  },
  'mail/dns-tags': (text) => dnsTags(text),
  'mail/dot-stuffing': (_text, bytes) => dotStuffed([bytes]),
  'mail/dsn': (text, bytes) => {
    each(['Content-Type'], text, isReport)
    for (const boundary of ['b', '-', 'x', '"b"']) parseDsn(Buffer.concat([Buffer.from(`Content-Type: multipart/report; boundary=${boundary}\r\n\r\n`), bytes]))
    parseDsn(Buffer.concat([Buffer.from('Content-Type: message/delivery-status\r\n\r\nDiagnostic-Code: '), bytes]))
    for (const encoding of ['base64', 'quoted-printable']) {
      parseDsn(Buffer.concat([Buffer.from(`Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`), bytes]))
    }
  },
  'mail/encoded-word': (text, bytes) => {
    encodedWord.decodeEncodedWords(text)
    encodedWord.encodePhrase(text)
    encodedWord.encodeWords(text)
    encodedWord.readable(text, 500)
    encodedWord.decodeBytes(text.slice(0, 200), bytes)
  },
  'mail/from': (text, bytes) => {
    soleFrom(field('From', text))
    soleFrom(header.parseFields(bytes))
  },
  'mail/header-limits': (_text, bytes) => headerViolation(bytes),
  'mail/header': (text, bytes) => {
    for (const one of header.parseFields(bytes)) {
      header.valueOf(one)
      header.nameAsWritten(one)
    }
    header.endOfFields(bytes)
    header.endOfHeader(bytes)
    header.formatField('X', text)
  },
  'mail/html-body': (text) => [startOfHtmlBody(text), startOfHtmlBody(`<head ${text}`), startOfHtmlBody(`<title>${text}`)],
  'mail/ip-address': (text) => [addressOctets(text), isPublicAddress(text)],
  'mail/mapped-text': (text) => mappedBy(sourceText(text), folding),
  'mail/message-id': (text) => [messageIdsIn(text), messageIdsIn(`<${text}`), readMessageId(text, domain, { reveal: () => undefined })],
  'mail/mime-left-out': (_text, bytes) => {
    const fields = Buffer.from('Content-Type: multipart/signed; boundary=b\r\n')
    leftOut(parseMime(header.parseFields(fields), bytes), fields, bytes, ['1', '2'])
    leftOut(parseMime([], bytes), bytes, bytes, ['1'])
  },
  'mail/mime-parameters': (text) => [parseStructured(text), parseStructured(`a/b; name="${text}`), parseStructured(`a/b; name*=${text}`)],
  'mail/mime': (text, bytes) => {
    parseMime(field('Content-Type', `multipart/mixed; boundary=${text}`), bytes)
    for (const type of ['multipart/mixed; boundary=b', 'multipart/mixed; boundary=-', 'message/rfc822']) parseMime(body(type, bytes).fields, bytes)
  },
  'mail/mx': (text) => orderExchanges([{ exchange: text, priority: 1 }, { exchange: text.slice(0, 250), priority: 2 }], () => false, () => 0),
  'mail/openpgp-packets': (text, bytes) => {
    for (const one of [bytes, Buffer.concat([Buffer.from([0xc0 | 8, 0xe0]), bytes])]) packetsOf(one)
    armoredBlocks(`-----BEGIN PGP MESSAGE-----\n${text}`)
  },
  'mail/punycode': (text) => [decodeLabel(text), decodeLabel(`xn--${text}`)],
  'mail/reply-path': (text) => parseReplyPath(`b.${text}`, { reveal: (bytes) => bytes.subarray(0, 24) }, 1),
  'mail/report-kind': (text) => each(['Content-Type', 'Auto-Submitted', 'From'], text, reportKind),
  'mail/return-path': (text) => parseVerp(`b.${text}`, mac, 1),
  'mail/reverse-alias': (text) => [isReverseLocalPart(`r.${text}`), kindOfLocalPart(text), splitReverse(text)],
  'mail/signed-delivery': (text) => readSignedDelivery(text, mac, 10),
  'mail/text-views': (text) => {
    for (const kind of ['plain', 'html', 'folded'] as const) for (const view of viewsOf(kind, text)) decodedBy(text, view)
  },
  'mail/trace': (text) => {
    hasPassed(field('X-Burnbox-Alias', text), alias)
    receivedField({ helo: text, clientIp: text, by: domain, protocol: 'ESMTP', id: 'x', forAlias: alias, at })
  },
  'mail/transfer-encoding': (_text, bytes) => {
    for (const encoding of ['7bit', '8bit', 'binary', 'base64', 'quoted-printable', 'x-uuencode']) {
      decodeTransfer(encoding, bytes)
      encodeTransfer(encoding, bytes)
    }
    decodeTransfer('x-uuencode', Buffer.concat([Buffer.from('begin 644 x\r\n'), bytes]))
  },
  'mail/write-address': (text) => parseWriteAddress(`${text}@burn.example` as address.Mailbox),

  'policy/banner': (text, bytes) => {
    mayHaveBanner(field('Content-Type', text))
    const head = 'Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: '
    for (const encoding of ['8bit', 'quoted-printable', 'base64']) {
      bannerEdits(header.parseFields(Buffer.from(`${head}${encoding}\r\n`)), Buffer.concat([Buffer.from('\r\n'), bytes]), banner)
    }
    for (const type of ['text/plain', 'multipart/alternative; boundary=b', 'multipart/related; boundary=-']) {
      const made = body(type, bytes)
      bannerEdits(made.fields, made.body, banner)
    }
  },
  'policy/bulk': (text) => each(['Precedence', 'Subject'], text, isBulk),
  'policy/burn-fields': (text, bytes) => {
    for (const mode of ['ours', 'theirs', 'off'] as const) {
      withBurnFields(bytes, mode, button)
      each(['List-Unsubscribe', 'List-Unsubscribe-Post'], text, (fields) => withBurnFields(Buffer.concat(fields.map(({ raw }) => raw)), mode, button))
    }
  },
  'policy/checks': (text) => [checksText(`burn.example; ${text}`), checksOf(text)],
  'policy/display-name': (text) => [displayName(text, alias), safeName(text)],
  'policy/glob': (text) => {
    readGlob(text)
    const read = readGlob(text.slice(0, 200))
    return read.kind === 'ok' && matchesGlob(read.glob, text)
  },
  'policy/hold-text': (text) => withoutAddressesIn(text),
  'policy/import': (text) => {
    const parts = new Map(['aliases.json', 'mailboxes.json', 'aliases.jsonl', 'xl/worksheets/sheet1.xml', 'xl/sharedStrings.xml'].map((name) => [name, text]))
    for (const format of importFormats) {
      for (const source of [{ kind: 'text', text } as const, { kind: 'parts', parts } as const]) {
        try {
          readFormat(format, source, domain)
        } catch (error) {
          if (!(error instanceof NotThisFormat)) throw error
        }
      }
    }
  },
  'policy/intact': (text, bytes) => {
    hasBareLineEnds(bytes)
    each(['X'], text, (fields) => fields.map(intact))
    header.parseFields(bytes).map(intact)
  },
  'policy/invitation': (text, bytes) => {
    mayHoldCalendar(field('Content-Type', text))
    for (const type of ['text/calendar', 'multipart/mixed; boundary=b']) {
      const made = body(type, Buffer.concat([Buffer.from('ATTENDEE:mailto:'), bytes]))
      const calendars = calendarsIn(made.fields, made.body)
      invitedIn(calendars, () => false)
      invitationEdits(calendars, () => ({ address: alias, name: 'x' }))
    }
  },
  'policy/leak': (text, bytes) => {
    for (const type of ['text/plain', 'text/html', 'application/octet-stream']) {
      const made = body(type, bytes)
      scanForLeaks({ header: Buffer.concat(made.fields.map(({ raw }) => raw)), body: made.body }, needles, names)
    }
    scanForLeaks({ header: Buffer.concat(field('Subject', text).map(({ raw }) => raw)), body: Buffer.from('\r\n') }, needles, names)
    scanUnpacked(bytes, { where: 'x', part: '1' }, needles, names)
  },
  'policy/list-fields': (text) => each(['List-Unsubscribe', 'List-Post'], text, (fields) => {
    fields.map(mailboxesOfListField)
    fields.map((one) => rewriteListField(one, () => alias))
  }),
  'policy/local-part': (text) => [localPartFor(text, () => 0), checkCustomLocalPart(text)],
  'policy/made-up': (text) => [
    mayBeMadeUp(text, { mode: 'on', pattern: null, daily: 1 }), mayBeMadeUp('shop', { mode: 'pattern', pattern: text.slice(0, 200), daily: 1 }),
  ],
  'policy/mark-stranger': (text, bytes) => {
    const author = authorOf(alias, false, text)
    markStranger(bytes, author, '[Stranger]')
    each(['Subject'], text, (fields) => markStranger(Buffer.concat(fields.map(({ raw }) => raw)), author, '[Stranger]'))
  },
  'policy/mask-addresses': (text) => maskAddresses(text, ['jane']),
  'policy/organisation': (text) => organisationOf(text),
  'policy/passed-back': (text) => [passedBack(`550 ${text}`), statusIn(text), withoutAddresses(text)],
  'policy/reply-header': (text) => each(['To', 'Cc', 'Date', 'Subject', 'Content-Type'], text, (fields) => replyHeader(fields, noThread, {
    alias, displayName: text, at, correspondentOf: () => ({ address: alias }), isOwn: () => false, isOurDomain: () => false, outsideAllowed: true,
    messageId: `1@${domain}`, threadId: (id) => id,
  })),
  'policy/reserved': (text) => isReserved(text),
  'policy/restore-bounced': (text, bytes) => {
    restoreBounced(header.parseFields(bytes))
    each(['X-Burnbox-From', 'X-Burnbox-Added', 'X-Burnbox-To'], text, restoreBounced)
  },
  'policy/rewrite': (text, bytes) => {
    const rewritten = (fields: readonly header.Field[]): void => {
      const known = new Map(correspondentsOf(fields, () => false)
        .map(({ mailbox }, n) => [address.lowerCased(mailbox), `r.${n}@burn.example` as address.Mailbox]))
      rewriteHeader(fields, {
        alias, received: Buffer.from('Received: x\r\n'), isOwn: () => false, reverseAliasOf: (one) => known.get(address.lowerCased(one)),
        authservIds: [domain], ifAbsent: { date: at, messageId: `1@${domain}` },
      })
    }
    rewritten(header.parseFields(bytes))
    each(['From', 'Reply-To', 'To', 'Sender', 'List-Unsubscribe', 'Authentication-Results', 'Delivered-To', 'References'], text, rewritten)
  },
  'policy/screen': (text, bytes) => {
    for (const fields of [header.parseFields(bytes), field('From', text)]) {
      screen({ reversePathKind: 'null', headerViolation: undefined, fields, aliases: [alias], isVerp: false })
    }
  },
  'policy/seal': (text) => worthSealing(`burn.example; ${text}`),
  'policy/site': (text) => registrableDomain(text),
  'policy/stranger': (text) => authorOf(alias, true, `burn.example; ${text}`),
  'policy/subdomain': (text) => checkSubdomain(domain, `${text}.${domain}`, []),
  'policy/thread': (text) => each(['Message-ID', 'In-Reply-To', 'References'], text, (fields) => {
    threadOf(fields)
    fields.map((one) => withOriginalIds(one, (id) => `x${id}`))
  }),
  'policy/transliterate': (text) => [transliterate(text), transliterate(`xn--${text}`)],
  'policy/wanted': (text) => wantedAs(text),
  'policy/webhook': (text) => [checkWebhookUrl(text, false, () => true), checkWebhookUrl(`https://${text}`, true, () => true)],
}

/** Files that are given nothing but our own values: what is decided, how it is said, addresses that we make. */
export const ownValuesAlone: readonly string[] = [
  'mail/content', 'mail/date', 'mail/edited-content', 'mail/with-header',
  'policy/alias', 'policy/alias-rules', 'policy/authentication-results', 'policy/backoff', 'policy/csv', 'policy/decide', 'policy/digest', 'policy/ends',
  'policy/export-readme', 'policy/judge', 'policy/leak-sentence', 'policy/mail-services', 'policy/notice', 'policy/outcome', 'policy/reply-permission',
  'policy/retention', 'policy/spam', 'policy/words',
]
