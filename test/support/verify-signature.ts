// Whether the world accepts our signatures: asked of mailauth, and of Debian's python3-dkim, with the records as they are published.
import { spawnSync } from 'node:child_process'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { arc as verifyArc } from 'mailauth/lib/arc/index.js'

/** Names without the final dot, TXT values whole. */
export type TxtRecords = Readonly<Record<string, string>>

export type Seen = {
  readonly dkim: readonly { readonly result: string; readonly domain: string; readonly selector: string; readonly algorithm: string }[]
  /** 'none' without a chain. */
  readonly arc: string
  readonly arcSets: number
}

export const verifySignatures = async (message: Buffer, records: TxtRecords): Promise<Seen> => {
  const resolver = async (name: string): Promise<string[][]> => {
    const value = records[name.toLowerCase()]
    if (value === undefined) throw Object.assign(new Error(`queryTxt ENOTFOUND ${name}`), { code: 'ENOTFOUND' })
    return [value.match(/.{1,250}/g) ?? []]
  }
  const { results, arc } = await dkimVerify(message, { resolver: resolver as never })
  const chain = arc ? await verifyArc(arc as Parameters<typeof verifyArc>[0], { resolver: resolver as never }) : undefined
  return {
    dkim: results.filter((row) => row.signingDomain).map((row) => (
      { result: row.status.result, domain: String(row.signingDomain), selector: String(row.selector), algorithm: String(row.algo) })),
    arc: chain ? String(chain.status.result) : 'none',
    arcSets: Number((chain as { i?: number } | undefined)?.i ?? 0),
  }
}

const script = `
import sys, json, dkim
ask = json.load(sys.stdin)
message = ask['message'].encode('latin-1')
records = {name.encode() + b'.': value.encode() for name, value in ask['records'].items()}
dns = lambda name, timeout=5: records.get(name)

def verify(n):
    try:
        return dkim.DKIM(message).verify(idx=n, dnsfunc=dns)
    except dkim.DKIMException:
        return False

cv, results, reason = dkim.arc_verify(message, dnsfunc=dns)
print(json.dumps({'dkim': [verify(n) for n in range(ask['signatures'])], 'arc': cv.decode()}))
`

/** Needs the tool 'python3-dkim'. */
export const verifyWithPython = (message: Buffer, records: TxtRecords, signatures: number): { readonly dkim: readonly boolean[]; readonly arc: string } => {
  const input = JSON.stringify({ message: message.toString('latin1'), records, signatures })
  const { stdout, stderr, status } = spawnSync('/usr/bin/python3', ['-c', script], { input, encoding: 'utf8' })
  if (status !== 0) throw new Error(`python3-dkim: ${stderr}`)
  return JSON.parse(stdout) as { dkim: boolean[]; arc: string }
}
