// What SPF, DKIM and DMARC said of a message, in a few letters for the line of its way: `spf=pass dkim=pass dmarc=pass`.

export type Checks = { readonly spf?: string; readonly dkim?: string; readonly dmarc?: string }
const methods = ['spf', 'dkim', 'dmarc'] as const

/** From our own Authentication-Results value. Of several signatures a good one counts. */
export const checksText = (authenticationResults: string): string | null => {
  const said = methods.flatMap((method) => {
    const results = [...authenticationResults.matchAll(new RegExp(`; ${method}=([a-z]+)`, 'g'))].map((match) => match[1])
    const result = results.find((one) => one === 'pass') ?? results[0]
    return result === undefined ? [] : [`${method}=${result}`]
  })
  return said.length === 0 ? null : said.join(' ')
}

export const checksOf = (text: string | null): Checks =>
  Object.fromEntries((text ?? '').split(' ').map((one) => one.split('=')).filter(([method]) => methods.some((known) => known === method)))
