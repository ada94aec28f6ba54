// The composition root and the program: configuration -> host -> shells. Nothing imports it.

import { createAuth } from './http/auth.ts'
import { createWeb } from './http/create-web.ts'
import { CannotListen as CannotListenHttp, listen } from './http/listen.ts'
import { runCli } from './cli/run.ts'
import { ConfigMistakes, readConfig, readEnvironment, type Config } from './config.ts'
import { prepareHost } from './flow/set-up.ts'
import { createLog, type Log } from './log.ts'
import { openHost, type OpenHost } from './open-host.ts'
import { certificateFiles, readCertificate, watchCertificate } from './smtp/certificate.ts'
import { CannotListen as CannotListenSmtp, type Listener } from './smtp/listener.ts'
import { openIngress } from './smtp/server.ts'
import { openSubmission } from './smtp/submission.ts'
import { DatabaseRefused } from './store/database.ts'
import { EmbeddedPostgresFailed } from './store/embedded-postgres.ts'
import { WrongSecret } from './store/secret.ts'
import { startWorker, type Worker } from './worker/loop.ts'
import { startSchedule } from './worker/schedule.ts'

/** RELIABILITY choice 15: out within 10 s; what is past its final dot gets 6 s of them. */
const REPLY_MS = 6_000
const ALL_MS = 9_500
/** npm and the launcher forward a signal that the process group already got: within 2 s it is the same one. */
const SAME_SIGNAL_MS = 2_000
const LONGEST_WAIT_MS = 30_000

const serve = async (config: Config, log: Log): Promise<void> => {
  const told = untilTold()
  // What was opened is closed in the opposite order, also when a later step fails.
  await using open = new AsyncDisposableStack()
  const listener = await listen(config.http)
  open.defer(listener.close)
  const url = new URL(config.url)
  if (url.port === '0') url.port = String(listener.port)
  // Written once, below, when the ingress has its port: the test message of the local inbox goes there.
  const smtp = { ...config.smtp }
  const opened = await openPatiently({ ...config, url, smtp }, log, told)
  if (!opened) return
  open.defer(opened.close)
  const { host } = opened
  const auth = createAuth(host)
  const web = open.use(createWeb({ host, auth }))
  const setup = await prepareHost(host)
  const files = await certificateFiles(config)
  const certificate = readCertificate(files)
  const submissions: Listener[] = []
  for (const endpoint of config.submission ?? []) submissions.push(await openSubmission(host, certificate, endpoint))
  const ingress = await openIngress(host, certificate)
  smtp.port = ingress.port
  const listeners = [ingress, ...submissions]
  open.defer(watchCertificate(files, (next) => listeners.forEach(({ useCertificate }) => useCertificate(next)), host.clock, log))
  const worker = startWorker(host)
  opened.onWake(worker.wake)
  open.defer(startSchedule(host))
  listener.serve(web.app)

  if (config.benchBare) process.stdout.write('BENCH ONLY: nothing is verified and nothing is signed.\n')
  process.stdout.write(`SMTP  ${nameOf(config.smtp.host)}:${ingress.port}\nWeb   ${url.href}\n${setup === undefined ? '' : `Setup ${setup}\n`}`)

  await told
  log.info('stopping')
  setTimeout(() => process.exit(0), ALL_MS).unref()
  await stop(opened, listeners, worker, listener.close)
}

/** A database server that is away or refuses us at start is waited for, with port 25 closed: senders keep their mail (case I09). */
const openPatiently = async (config: Config, log: Log, told: Promise<void>): Promise<OpenHost | undefined> => {
  let stopped = false
  void told.then(() => { stopped = true })
  for (let waitMs = 1_000; !stopped; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      return await openHost(config, log)
    } catch (error) {
      if (config.databaseUrl === undefined || !isAway(error)) throw error
      log.error({ err: error }, `the database is away, trying again in ${waitMs / 1_000} s`)
      await Promise.race([told, new Promise((resolve) => setTimeout(resolve, waitMs))])
    }
  }
  return undefined
}

/** Class 08, 28, 3D, 53 and 57P of SQLSTATE, and what the network says. */
const isAway = (error: unknown): boolean => {
  const { code = '', message = '' } = error as NodeJS.ErrnoException
  return /^(08|28|3D|53|57P)/.test(code)
    || /^(ECONN[A-Z]+|EHOST[A-Z]+|ENET[A-Z]+|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE)$/.test(code)
    || /timeout|terminated|did not answer/i.test(message)
}

const nameOf = (host: string): string => (host.includes(':') ? `[${host}]` : host)

const stop = async (opened: OpenHost, listeners: readonly Listener[], worker: Worker, closeWeb: () => Promise<void>): Promise<void> => {
  opened.stop.stopping.abort()
  const timer = setTimeout(() => opened.stop.stopWaiting.abort(), REPLY_MS)
  await Promise.all([...listeners.map(({ close }) => close(REPLY_MS + 1_000)), worker.stopped, closeWeb()])
  clearTimeout(timer)
  opened.stop.stopWaiting.abort()
}

/** SIGINT, SIGTERM, or the launcher gone. A second signal, later than 2 s, ends the process at once. SIGHUP never does. */
const untilTold = (): Promise<void> => new Promise((resolve) => {
  let first = 0
  const told = (): void => {
    if (first === 0) {
      first = Date.now()
      resolve()
    } else if (Date.now() - first > SAME_SIGNAL_MS) process.exit(1)
  }
  process.on('SIGINT', told)
  process.on('SIGTERM', told)
  process.on('SIGHUP', () => {})
  process.once('disconnect', told)
})

/** One line on stderr and the exit code for what an operator can mend; the whole error for what only we can. */
const explain = (error: unknown, log: Log | undefined): number => {
  const say = (text: string, code: number): number => {
    process.stderr.write(`${text}\n`)
    return code
  }
  if (error instanceof ConfigMistakes || error instanceof WrongSecret) return say(error.message, 78)
  if (error instanceof DatabaseRefused || error instanceof EmbeddedPostgresFailed) return say(error.message, 69)
  if (error instanceof CannotListenHttp || error instanceof CannotListenSmtp) return say(error.message, 69)
  const fault = error instanceof Error ? error : new Error(String(error))
  if (isAway(fault)) return say(`The database is away: ${fault.message}`, 69)
  log?.fatal({ err: fault }, 'a fault in Burnbox')
  return say(`A fault in Burnbox: ${fault.message}`, 70)
}

const main = async (): Promise<number> => {
  let log: Log | undefined
  // Read only by what needs it, so that `burnbox --help` works on a host whose environment is wrong.
  const configured = (quiet: boolean): { config: Config; log: Log } => {
    const config = readConfig(readEnvironment())
    log = createLog(quiet && config.logLevel === 'info' ? 'warn' : config.logLevel)
    return { config, log }
  }
  process.on('unhandledRejection', (error) => log?.error({ err: error }, 'a promise was left to fail'))
  try {
    return await runCli(process.argv.slice(2), {
      serve: () => {
        const { config, log: made } = configured(false)
        return serve(config, made)
      },
      open: async () => {
        const { config, log: made } = configured(true)
        const opened = await openHost(config, made)
        return { host: opened.host, identities: createAuth(opened.host), close: opened.close }
      },
    })
  } catch (error) {
    return explain(error, log)
  }
}

process.exitCode = await main()
