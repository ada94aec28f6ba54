// One record of the DNS: whether it is published, and if not, what it should say, ready to copy.
import type { DnsRecord } from '../api-host.ts'
import { Check, type Grade } from './check.tsx'
import { CopyButton } from '../parts/copy.tsx'

/** What people call it, by where and what it is. */
function kindOf({ type, name, value }: DnsRecord): string {
  if (name.startsWith('_burnbox.')) return 'Ownership'
  if (name.startsWith('_dmarc.')) return 'DMARC'
  if (name.includes('._domainkey.')) return 'DKIM'
  return /^"?v=spf1/i.test(value) ? 'SPF' : type
}

const gradeOf = ({ published }: DnsRecord): Grade => (published === true ? 'ok' : published === false ? 'bad' : 'warn')

const stateOf = ({ published, found }: DnsRecord): string => {
  if (published === undefined) return 'To publish'
  if (published === null) return 'The DNS gave no answer'
  return found?.length ? 'Something else is published' : 'Not published'
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const Part = ({ words, text, what }: { readonly words: string; readonly text: string; readonly what: string }) => (
  <span class="rec">
    <span class="rec-l">{words}</span>
    <code tabIndex={0}>{text}</code>
    <CopyButton text={text} what={what} />
  </span>
)

export const DnsCheck = ({ record }: { readonly record: DnsRecord }) => (
  <Check grade={gradeOf(record)} name={kindOf(record)}>
    {sentence(record.why)}.{' '}
    {record.published !== true && (
      <>
        <b>{stateOf(record)}.</b>
        <Part words={`${record.type} at`} text={record.name} what={`the name of ${kindOf(record)}`} />
        <Part words="It says" text={record.value} what={`the value of ${kindOf(record)}`} />
      </>
    )}
  </Check>
)
