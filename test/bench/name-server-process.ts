// The DNS of the bench, a process of its own: `node name-server-process.ts HOST PORT TEXTS`. sender.example may send from loopback and asks for
// refusal of what is not its own; nothing else exists. Asked the same again it answers by copying, so that it costs those who are measured little.
import { AUTHORITATIVE_ANSWER, decode, encode, type Answer } from 'dns-packet'
import { openDnsSocket } from '../support/dns-socket.ts'

const ttlSeconds = 300
const nxdomain = 3

const [host = '127.0.0.1', port = '0', more = '{}'] = process.argv.slice(2)
const texts: Readonly<Record<string, string>> = {
  'sender.example': 'v=spf1 ip4:127.0.0.0/8 -all',
  '_dmarc.sender.example': 'v=DMARC1; p=reject',
  ...JSON.parse(more) as Record<string, string>,
}

const soa: Answer = {
  name: 'example', type: 'SOA', ttl: ttlSeconds,
  data: { mname: 'ns.example', rname: 'hostmaster.example', serial: 1, refresh: 3600, retry: 600, expire: 86_400, minimum: ttlSeconds },
}

function answerTo(bytes: Buffer): Buffer {
  const query = decode(bytes)
  const question = query.questions![0]!
  const text = texts[question.name.toLowerCase()]
  const found = text !== undefined && question.type === 'TXT'
  return encode({
    type: 'response', id: query.id!, questions: [question], flags: AUTHORITATIVE_ANSWER | (text === undefined ? nxdomain : 0),
    answers: found ? [{ name: question.name, type: 'TXT', ttl: ttlSeconds, data: text.match(/.{1,255}/g) ?? [] }] : [], authorities: found ? [] : [soa],
  })
}

/** By all of the question but its id. */
const known = new Map<string, Buffer>()

const socket = await openDnsSocket((bytes, _overUdp, send) => {
  const key = bytes.toString('latin1', 2)
  const answer = known.get(key) ?? answerTo(bytes)
  known.set(key, answer)
  const own = Buffer.from(answer)
  bytes.copy(own, 0, 0, 2)
  send(own)
}, { host, port: Number(port) })
console.log(socket.address)
