// The report of one address: who passed it on, with the proof. Printed it is fit to go with a complaint.
import { useEffect } from 'preact/hooks'
import { leakReport, type LeakReport } from '../api.ts'
import { NotHere } from '../not-here.tsx'
import { Fault } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { useReading } from '../parts/use-reading.ts'
import { Refused } from '../refused.ts'

type Wrote = LeakReport['expected_senders'][number]

/** In UTC, as in the header beside it. */
const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'medium', timeZone: 'UTC' })
const exactly = (at: string) => `${format.format(new Date(at))} UTC`

function Proof({ one }: { readonly one: Wrote }) {
  const { evidence } = one
  if (!evidence) return <p class="hint">The header of its first message is not kept any more.</p>
  return (
    <>
      <dl class="proof">
        <dt>From</dt>
        <dd><bdi>{one.address}</bdi></dd>
        <dt>Received</dt>
        <dd>{exactly(evidence.received_at)}</dd>
        <dt>Sending host</dt>
        <dd>
          {evidence.client_ip}, which said it is <bdi>{evidence.helo}</bdi>
        </dd>
        <dt>Return path</dt>
        <dd><bdi>{evidence.reverse_path || 'none'}</bdi></dd>
        <dt>Proof</dt>
        <dd class="raw">{evidence.authentication || 'not looked at'}</dd>
      </dl>
      <h3>The header as it came</h3>
      <pre class="raw" tabIndex={0} aria-label="The header as it came">{evidence.header}</pre>
      {evidence.is_cut && <p class="hint">Only its first 64 KiB were kept.</p>}
    </>
  )
}

const Report = ({ report }: { readonly report: LeakReport }) => {
  const [first, ...others] = report.strangers
  return (
    <article class="report">
      <div class="bar">
        <h1>
          Who has <bdi>{report.alias}</bdi>
        </h1>
        <button class="btn no-print" type="button" onClick={() => print()}>
          Print, or save as PDF
        </button>
      </div>
      <p class="report-say">{report.sentence}</p>
      <section class="sec" aria-labelledby="rp-given">
        <h2 id="rp-given">Given</h2>
        <dl class="proof">
          <dt>Address</dt>
          <dd><bdi>{report.alias}</bdi></dd>
          <dt>To</dt>
          <dd>
            {report.given_to ? <bdi>{report.given_to}</bdi> : 'no site was named'}
            {report.given_to && !report.site && ', which wrote first'}
          </dd>
          <dt>On</dt>
          <dd>{report.given_at ? exactly(report.given_at) : 'not known: the first message to it made it'}</dd>
          {report.made_up && (
            <>
              <dt>First message</dt>
              <dd>
                {exactly(report.made_up.at)}, {report.made_up.from ? <>from <bdi>{report.made_up.from}</bdi></> : 'without a return path'}, by{' '}
                <bdi>{report.made_up.host}</bdi> ({report.made_up.ip})
              </dd>
            </>
          )}
          {report.label && (
            <>
              <dt>Label</dt>
              <dd><bdi>{report.label}</bdi></dd>
            </>
          )}
          {report.note && (
            <>
              <dt>Note</dt>
              <dd><bdi>{report.note}</bdi></dd>
            </>
          )}
        </dl>
      </section>
      <section class="sec" aria-labelledby="rp-exp">
        <h2 id="rp-exp">Expected senders</h2>
        {report.expected.length + report.expected_senders.length === 0 && <p class="hint">None has written.</p>}
        <ul class="report-l">
          {report.expected.map((one) => (
            <li key={one.kind + one.name}>
              <bdi>{one.name}</bdi>
              {one.kind === 'signer' && ', which signs for it'}
              {one.origin === 'owner' ? ', named by the owner' : ', learned from its own mail'} on {exactly(one.since)}
            </li>
          ))}
          {report.expected_senders.map((one) => (
            <li key={one.address}>
              <bdi>{one.address}</bdi> first wrote on {exactly(one.first_at)}
            </li>
          ))}
        </ul>
      </section>
      <section class="sec" aria-labelledby="rp-first">
        <h2 id="rp-first">The first stranger{first && ': '}{first && <bdi>{first.organisation}</bdi>}</h2>
        {first ? <Proof one={first} /> : <p class="hint">No stranger has written.</p>}
      </section>
      {others.length > 0 && (
        <section class="sec" aria-labelledby="rp-more">
          <h2 id="rp-more">Later strangers</h2>
          <ul class="report-l">
            {others.map((one) => (
              <li key={one.address}>
                <bdi>{one.address}</bdi>, {exactly(one.first_at)}
                {one.proven ? '' : ', not proven'}
              </li>
            ))}
          </ul>
          {report.stranger_count > report.strangers.length && <p class="hint">And more: {report.stranger_count.toLocaleString('en')} in all.</p>}
        </section>
      )}
      <p class="hint sec">
        Made by Burnbox on {exactly(report.made_at)}. Times are those of the receiving server. The address was made for one recipient alone; mail is
        called proven when SPF, DKIM and DMARC say that its sender’s domain sent it.
      </p>
    </article>
  )
}

export function ReportPage({ id }: { readonly id: string }) {
  const { state, again } = useReading((signal) => leakReport(id, signal), [id])
  const now = state.value
  useEffect(() => {
    if (now.kind === 'there') document.title = `Leak report: ${now.value.alias} – Burnbox`
  }, [now])
  if (now.kind === 'failed' && now.error instanceof Refused && now.error.status < 500) return <NotHere />
  return (
    <main id="main" class="page" tabIndex={-1}>
      <nav class="crumb no-print" aria-label="Where you are">
        <a href={`/addresses/${id}`}>
          <Icon name="left" />
          The address
        </a>
      </nav>
      {now.kind === 'waiting' && (
        <>
          <h1 class="vh">Leak report</h1>
          <Skeleton of="the report" />
        </>
      )}
      {now.kind === 'failed' && <Fault error={now.error} retry={again} />}
      {now.kind === 'there' && <Report report={now.value} />}
    </main>
  )
}
