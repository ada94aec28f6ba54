// E02: the cases of the ARC validation suite (github.com/ValiMail/arc_test_suite, test_manifest.txt), by its names. No package brings its data, so
// each message is made here: with a signature that covers the one thing that is wrong with it. Our verifier, our resolver, real DNS packets.
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { contentInMemory } from '../../../src/mail/content.ts'
import { endOfFields } from '../../../src/mail/header.ts'
import { createVerifier } from '../../../src/verify/authenticate.ts'
import { createResolver } from '../../../src/verify/resolver.ts'
import { arcSet, messageOf, type SetOptions, type Tags } from '../../support/arc-set.ts'
import { openDnsServer, type DnsServer } from '../../support/dns-server.ts'
import { createFakeClock } from '../../support/fake-clock.ts'

const keyOf = (bits: number): { readonly key: KeyObject; readonly record: string } => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  return { key: privateKey, record: `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}` }
}
const [dummy, short, long] = [keyOf(1024), keyOf(512), keyOf(2048)]

const publish = (dns: DnsServer): void => {
  for (const [selector, { record }] of Object.entries({ dummy, short, long })) {
    dns.set(`${selector}._domainkey.example.org`, 'TXT', record.match(/.{1,250}/g)!)
  }
  dns.set('invalid._domainkey.example.org', 'TXT', 'v=DKIM1; k=rsa; p=not base64')
}

const base = ['MIME-Version: 1.0', 'Received: by 192.0.2.1; Tue, 3 Jan 2017 12:22:54 -0800', 'Message-ID: <1@d1.example>',
  'Date: Thu, 14 Jan 2016 15:00:01 -0800', 'From: John Q Doe <jqd@d1.example>', 'To: arc@lists.example', 'Subject: Example 1']
const body = 'Hey gang,\r\nThis is a  test message. \r\n--J.\r\n'
const plain = messageOf(base, body)

type Options = Partial<Omit<SetOptions, 'instance' | 'before'>> & { readonly without?: 'results' | 'message-signature' | 'seal' }

/** With so many sets on top, the last one as told. Each set stands above the ones before it. */
function chain(sets: number, last: Options = {}, first: Options = {}, message = plain): string {
  const covered: string[] = []
  let text = message
  for (let instance = 1; instance <= sets; instance += 1) {
    const { without, ...options } = instance === sets ? last : instance === 1 ? first : {}
    const [results, messageSignature, seal] = arcSet(text, { key: dummy.key, ...options, instance, before: [...covered] })
    const kept = [without === 'seal' ? [] : seal, without === 'message-signature' ? [] : messageSignature, without === 'results' ? [] : results].flat()
    text = `${kept.map((field) => `${field}\r\n`).join('')}${text}`
    covered.push(results, messageSignature, seal)
  }
  return text
}

async function verify(message: string): Promise<string> {
  const dns = await openDnsServer()
  publish(dns)
  const verifier = createVerifier(createResolver([dns.address], createFakeClock()))
  onTestFinished(verifier.close)
  const bytes = Buffer.from(message, 'latin1')
  const envelope = { clientIp: '192.0.2.1', helo: 'd1.example', reversePath: 'jqd@d1.example', from: 'jqd@d1.example', now: new Date() }
  return (await verifier.authenticate(envelope, contentInMemory(bytes, endOfFields(bytes), false))).arc.result
}

type Case = readonly [name: string, expected: 'none' | 'pass' | 'fail', message: string]
const seal = (tags: Tags): string => chain(1, { seal: tags })
const signature = (tags: Tags): string => chain(1, { messageSignature: tags })
const sealed = (sealText: (text: string) => string): string => chain(1, { sealText })
const signedAs = (messageSignatureText: (text: string) => string): string => chain(1, { messageSignatureText })
const results = (value: string): string => chain(1, { results: `ARC-Authentication-Results:${value}` })
const good = chain(1)
const two = chain(2)
const line = (name: string, edit: (field: string) => string, message = good): string =>
  message.split(/\r\n(?![ \t])/).map((field) => (field.startsWith(name) ? edit(field) : field)).join('\r\n')
const spoilt = (name: string, message = good): string =>
  line(name, (field) => field.replace(/([\s;]b=.{20})./, (all, before: string) => `${before}${all.endsWith('A') ? 'B' : 'A'}`), message)
const [firstField, secondField, thirdField] = good.split(/\r\n(?![ \t])/) as [string, string, string]

/** A field that the seal covers and one that the message signature covers. */
const covered = (edit: (field: string) => string): string => line('ARC-Auth', edit, line('Subject', edit))

const folded = (field: string): string => field.replace(/([\s;]b=.{30})/, '$1\r\n  ')

/** What both kinds of signature have in common; `tags` and `text` make one with a change that it covers. */
const common = (prefix: 'as' | 'ams', tags: (tags: Tags) => string, text: (edit: (text: string) => string) => string, name: string): readonly Case[] => [
  [`${prefix}_struct_i_na`, 'fail', tags({ i: undefined })],
  [`${prefix}_struct_i_empty`, 'fail', tags({ i: '' })],
  [`${prefix}_struct_i_zero`, 'fail', tags({ i: '0' })],
  [`${prefix}_struct_i_invalid`, 'fail', tags({ i: 'a' })],
  [`${prefix}_struct_dup`, 'fail', `${good.split(/\r\n(?![ \t])/).find((field) => field.startsWith(name))}\r\n${good}`],
  [`${prefix}_struct_missing`, 'fail', chain(1, { without: prefix === 'as' ? 'seal' : 'message-signature' })],
  [`${prefix}_format_sc_wsp`, 'pass', text((all) => all.replaceAll('; ', ' ;\r\n\t'))],
  [`${prefix}_format_eq_wsp`, 'pass', text((all) => all.replaceAll('=', ' = '))],
  [`${prefix}_format_tags_trail_sc`, 'pass', text((all) => `${all};`)],
  [`${prefix}_format_tags_unknown`, 'pass', text((all) => `${all}; w=catparty`)],
  [`${prefix}_format_inv_tag_key`, 'fail', text((all) => `${all}; 3=x`)],
  [`${prefix}_format_tags_dup`, 'fail', text((all) => `${all}; s=dummy`)],
  [`${prefix}_format_tags_key_case`, 'fail', text((all) => all.replace('s=', 'S='))],
  [`${prefix}_format_tags_val_case`, 'fail', line(name, (field) => field.replace('rsa-sha256', 'RSA-SHA256'))],
  [`${prefix}_format_tags_wsp`, 'fail', line(name, (field) => field.replace('dummy', 'dum my'))],
  [`${prefix}_format_tags_sc`, 'fail', text((all) => all.replace('; ', ';; '))],
  [`${prefix}_fields_a_na`, 'fail', tags({ a: undefined })],
  [`${prefix}_fields_a_empty`, 'fail', tags({ a: '' })],
  [`${prefix}_fields_a_sha1`, 'fail', tags({ a: 'rsa-sha1' })],
  [`${prefix}_fields_a_unknown`, 'fail', tags({ a: 'rsa-md5' })],
  [`${prefix}_fields_b_ignores_wsp`, 'pass', prefix === 'as' ? line(name, folded) : chain(1, { finishedMessageSignature: folded })],
  [`${prefix}_fields_b_512`, 'fail', chain(1, { [prefix === 'as' ? 'seal' : 'messageSignature']: { s: 'short' },
    ...(prefix === 'as' ? { sealKey: short.key } : { key: short.key, sealKey: dummy.key }) })],
  [`${prefix}_fields_b_1024`, 'pass', good],
  [`${prefix}_fields_b_2048`, 'pass', chain(1, { [prefix === 'as' ? 'seal' : 'messageSignature']: { s: 'long' },
    ...(prefix === 'as' ? { sealKey: long.key } : { key: long.key, sealKey: dummy.key }) })],
  [`${prefix}_fields_b_head_case`, 'pass', covered((field) => field.replace('ARC-Auth', 'arc-AUTH').replace('Sub', 'SUB'))],
  [`${prefix}_fields_b_head_unfold`, 'pass', covered((field) => field.replaceAll('; ', ';\r\n  ').replace('e 1', 'e\r\n 1'))],
  [`${prefix}_fields_b_eol_wsp`, 'pass', covered((field) => `${field} \t`)],
  [`${prefix}_fields_b_inl_wsp`, 'pass', covered((field) => field.replaceAll('; ', ';   ').replace('e 1', 'e   1'))],
  [`${prefix}_fields_b_col_wsp`, 'pass', covered((field) => field.replace(': ', ' :   '))],
  [`${prefix}_fields_b_na`, 'fail', tags({ b: undefined })],
  [`${prefix}_fields_b_empty`, 'fail', tags({ b: ' ' })],
  [`${prefix}_fields_b_base64`, 'fail', tags({ b: '&&&' })],
  [`${prefix}_fields_b_mod_sig`, 'fail', spoilt(name)],
  [`${prefix}_fields_d_na`, 'fail', tags({ d: undefined })],
  [`${prefix}_fields_d_empty`, 'fail', tags({ d: '' })],
  [`${prefix}_fields_d_invalid`, 'fail', tags({ d: 'not_a_domain&' })],
  [`${prefix}_fields_s_na`, 'fail', tags({ s: undefined })],
  [`${prefix}_fields_s_empty`, 'fail', tags({ s: '' })],
  [`${prefix}_fields_t_na`, 'pass', tags({ t: undefined })],
  [`${prefix}_fields_t_empty`, 'fail', tags({ t: '' })],
  [`${prefix}_fields_t_invalid`, 'fail', tags({ t: 'asdf' })],
]

const sealOnly: readonly Case[] = [
  ['as_fields_b_aar1', 'fail', line('ARC-Authentication-Results: i=1', (field) => field.replace('spf=pass', 'spf=fail'), two)],
  ['as_fields_b_ams1', 'fail', two.replace(secondField, spoilt('ARC-Message', secondField))],
  ['as_fields_b_asb1', 'fail', two.replace(firstField, spoilt('ARC-Seal', firstField))],
  ['as_fields_cv_na', 'fail', seal({ cv: undefined })],
  ['as_fields_cv_empty', 'fail', seal({ cv: '' })],
  ['as_fields_cv_invalid', 'fail', seal({ cv: 'maybe' })],
]

const simple = (message: string): string => chain(1, { messageSignature: { c: 'relaxed/simple' } }, {}, message)
const withTwice = messageOf([...base, 'To: second@lists.example'], body)
const signatureOnly: readonly Case[] = [
  ['ams_fields_b_mod_headers', 'fail', good.replace('Example 1', 'Example 2')],
  ['ams_fields_bh_ignores_wsp', 'pass', chain(1, { messageSignatureText: (text) => text.replace(/(bh=.{10})/, '$1\r\n  ') })],
  ['ams_fields_bh_sim_base', 'pass', simple(plain)],
  ['ams_fields_bh_sim_inl_wsp', 'fail', simple(plain).replace('a  test', 'a test')],
  ['ams_fields_bh_sim_end_lines', 'pass', `${simple(plain)}\r\n\r\n`],
  ['ams_fields_bh_rel_eol_wsp', 'pass', good.replace('gang,', 'gang, \t ')],
  ['ams_fields_bh_rel_inl_wsp', 'pass', good.replace('a  test', 'a test')],
  ['ams_fields_bh_rel_end_lines', 'pass', `${good}\r\n\r\n`],
  ['ams_fields_bh_rel_trail_crlf', 'pass', good.slice(0, -2)],
  ['ams_fields_bh_na', 'fail', signature({ bh: undefined })],
  ['ams_fields_bh_empty', 'fail', signature({ bh: '' })],
  ['ams_fields_bh_base64', 'fail', signature({ bh: '&&&' })],
  ['ams_fields_bh_mod_sig', 'fail', signature({ bh: 'dHN66dCNljBC18wb03I1K6hlBvV0qqsKoDsetl+jxb8=' })],
  ['ams_fields_bh_mod_bod', 'fail', good.replace('gang', 'gong')],
  ['ams_fields_c_na', 'pass', signature({ c: undefined })],
  // The suite wants a fail. mailauth reads an empty c= as none, simple/simple; the signature covers header and body all the same.
  ['ams_fields_c_empty', 'pass', signature({ c: '' })],
  ['ams_fields_c_rr', 'pass', signature({ c: 'relaxed/relaxed' })],
  ['ams_fields_c_rs', 'pass', signature({ c: 'relaxed/simple' })],
  ['ams_fields_c_sr', 'pass', signature({ c: 'simple/relaxed' })],
  ['ams_fields_c_ss', 'pass', signature({ c: 'simple/simple' })],
  ['ams_fields_c_invalid', 'fail', signature({ c: 'complex/relaxed' })],
  // Once a pass; RFC 6376 §6.1.1, which RFC 8617 §4.1.2 follows, wants the From to be signed.
  ['ams_fields_h_empty', 'fail', signature({ h: '' })],
  ['ams_fields_h_cws1', 'pass', signature({ h: 'from : to:date' })],
  ['ams_fields_h_cws2', 'pass', signature({ h: 'from: to:\r\n date' })],
  ['ams_fields_h_case', 'pass', signature({ h: 'FROM:To:dAte' })],
  ['ams_fields_h_dup1', 'pass', chain(1, { messageSignature: { h: 'from:to:to' } }, {}, withTwice)],
  ['ams_fields_h_dup2', 'fail', chain(1, { messageSignature: { h: 'from:to' } }, {}, withTwice).replace('To: second@', 'To: third@')],
  ['ams_fields_h_non_existant', 'pass', signature({ h: 'from:x-none' })],
  ['ams_fields_h_non_existant_dup', 'pass', signature({ h: 'from:x-none:x-none:from' })],
  ['ams_fields_h_na', 'fail', signature({ h: undefined })],
  ['ams_fields_h_inv_hdr', 'fail', line('ARC-Message', (field) => field.replace('h=from', 'h=from:x y'))],
  ['ams_fields_h_order', 'fail', line('ARC-Message', (field) => field.replace('from:to', 'to:from'))],
  ['ams_fields_h_empty_added', 'fail', `X-None: now there\r\n${signature({ h: 'from:x-none' })}`],
  ['ams_fields_h_includes_as', 'fail', chain(2, { messageSignature: { h: 'from:arc-seal' } })],
  ['ams_fields_h_includes_ams', 'pass', chain(2, { messageSignature: { h: 'from:arc-message-signature' } })],
]

const changedAfterFirst = (): string => {
  const [first] = [chain(1)]
  const [aar, ams, as] = [thirdField, secondField, firstField]
  const [nextResults, nextSignature, nextSeal] = arcSet(first.replace('John', 'Gene'), { key: dummy.key, instance: 2, before: [aar, ams, as] })
  return `${[nextSeal, nextSignature, nextResults].join('\r\n')}\r\n${first.replace('John', 'Gene')}`
}

const chains: readonly Case[] = [
  ['cv_empty', 'none', '\r\n'],
  ['cv_no_headers', 'none', `\r\n${body}`],
  ['cv_no_body', 'none', base.map((field) => `${field}\r\n`).join('')],
  ['cv_base1', 'none', plain],
  ...[1, 2, 3, 4, 5].map((sets): Case => [`cv_pass_i${sets}_1`, 'pass', chain(sets)]),
  ['cv_pass_i2_1_ams1_invalid', 'pass', changedAfterFirst()],
  ['cv_fail_i1_ams_na', 'fail', chain(1, { without: 'message-signature' })],
  ['cv_fail_i1_ams_invalid', 'fail', spoilt('ARC-Message-Signature')],
  ['cv_fail_i1_as_na', 'fail', chain(1, { without: 'seal' })],
  ['cv_fail_i1_as_pass', 'fail', seal({ cv: 'pass' })],
  ['cv_fail_i1_as_fail', 'fail', seal({ cv: 'fail' })],
  ['cv_fail_i1_as_invalid', 'fail', spoilt('ARC-Seal')],
  ['cv_fail_i2_ams_na', 'fail', chain(2, { without: 'message-signature' })],
  ['cv_fail_i2_ams_invalid', 'fail', two.replace('Example 1', 'Example 2')],
  ['cv_fail_i2_as1_na', 'fail', chain(2, {}, { without: 'seal' })],
  ['cv_fail_i2_as1_invalid', 'fail', chain(2, {}, { sealKey: long.key })],
  ['cv_fail_i2_as1_pass', 'fail', chain(2, {}, { seal: { cv: 'pass' } })],
  ['cv_fail_i2_as1_fail', 'fail', chain(2, {}, { seal: { cv: 'fail' } })],
  ['cv_fail_i2_as2_na', 'fail', chain(2, { without: 'seal' })],
  ['cv_fail_i2_as2_invalid', 'fail', chain(2, { sealKey: long.key })],
  ['cv_fail_i2_as2_none', 'fail', chain(2, { seal: { cv: 'none' } })],
  ['cv_fail_i2_as2_fail', 'fail', chain(2, { seal: { cv: 'fail' } })],
  ['more than fifty', 'fail', chain(51)],
]

const rest: readonly Case[] = [
  ['aar_struct_i_na', 'fail', results(' lists.example.org; spf=pass')],
  ['aar_struct_i_empty', 'fail', results(' i=; lists.example.org; spf=pass')],
  ['aar_struct_i_zero', 'fail', results(' i=0; lists.example.org; spf=pass')],
  ['aar_struct_i_invalid', 'fail', results(' i=a; lists.example.org; spf=pass')],
  ['aar_struct_dup', 'fail', `${thirdField}\r\n${good}`],
  ['aar_missing', 'fail', chain(1, { without: 'results' })],
  ['aar_i_wrong', 'fail', results(' i=2; lists.example.org; spf=pass')],
  ['aar_i_not_prefix', 'fail', results(' lists.example.org; i=1; spf=pass')],
  ['aar_i_no_semi', 'fail', results(' i=1 lists.example.org; spf=pass')],
  ['aar2_missing', 'fail', chain(2, { without: 'results' })],
  ['ams_as_diff_s_d', 'pass', chain(1, { seal: { s: 'long' }, sealKey: long.key })],
  ['public_key_na', 'fail', chain(1, { seal: { s: 'nobody' } })],
  ['public_key_invalid', 'fail', chain(1, { seal: { s: 'invalid' } })],
  ['arc_set_duplicate', 'fail', `${[firstField, secondField, thirdField].join('\r\n')}\r\n${good}`],
  ['header_order1', 'pass', [thirdField, secondField, firstField, plain].join('\r\n')],
  ['header_order2', 'pass', messageOf([secondField, ...base.slice(0, 3), firstField, ...base.slice(3), thirdField], body)],
]

describe('E02 ARC suite', () => {
  test.each([
    ...common('as', seal, sealed, 'ARC-Seal'), ...common('ams', signature, signedAs, 'ARC-Message-Signature'),
    ...sealOnly, ...signatureOnly, ...chains, ...rest,
  ])('%s: %s', async (_, expected, message) => {
    expect(await verify(message)).toBe(expected)
  })
})
