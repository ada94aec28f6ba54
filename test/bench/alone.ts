// Burnbox without a rival: it judges by a local DNS and signs. Whether anything listens where it delivers to is its user's affair.
import { startBurnbox, type Burnbox } from './burnbox.ts'
import { withEnds } from './ends.ts'
import { startNameServer } from './name-server.ts'
import type { BenchOptions } from './part.ts'
import { freePort } from './smtp-sink.ts'
import { email } from './stage.ts'

export type Alone = { readonly burnbox: Burnbox; readonly alias: string; readonly hopPort: number }

type SetUp = { readonly environment?: Readonly<Record<string, string>>; readonly texts?: Readonly<Record<string, string>> }

/** `texts`: TXT records besides those that the DNS of the bench always has. */
export function alone<T>(options: BenchOptions, setUp: SetUp, act: (stage: Alone) => Promise<T>): Promise<T> {
  return withEnds(async (atEnd) => {
    const hopPort = await freePort()
    const dns = await startNameServer({ standard: false, ...(setUp.texts && { texts: setUp.texts }) })
    atEnd(dns.stop)
    const burnbox = await startBurnbox({
      BURNBOX_RELAY: `smtp://127.0.0.1:${hopPort}`, BURNBOX_DNS: `${dns.address}:${dns.port}`, ...setUp.environment, ...options.environment,
    })
    atEnd(burnbox.stop)
    await burnbox.cli('account', 'add', email, '--operator')
    return act({ burnbox, alias: await burnbox.cli('alias', 'new', email, 'shop.example'), hopPort })
  })
}
