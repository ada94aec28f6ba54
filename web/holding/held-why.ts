// Why something is held, as a sentence and as an icon.

const sentences: Readonly<Record<string, readonly [icon: string, sentence: string]>> = {
  burned: ['burned', 'Held because this address is burned.'],
  refused: ['inbox', 'Your inbox refused it.'],
  expired: ['clock', 'Your inbox did not answer for 5 days.'],
  unconfirmed: ['clock', 'It is unknown whether your inbox took it. Releasing it may deliver it twice.'],
  unauthentic: ['warn', 'The sender could not be verified.'],
  spam: ['warn', 'It looks like spam.'],
  report: ['info', 'A report about mail, not mail for you.'],
  suspended: ['lock', 'The account was suspended when it came.'],
  'no-inbox': ['inbox', 'No verified inbox to deliver it to.'],
  closed: ['closed', 'The address was closed before it could be delivered.'],
  unsupported: ['inbox', 'Your inbox’s server cannot take this form of mail.'],
  'would-reveal': ['eye', 'Sending it would show your inbox.'],
}

export const whyIcon = (reason: string) => sentences[reason]?.[0] ?? 'info'
export const whySentence = (reason: string, text: string) => sentences[reason]?.[1] ?? text
/** What the other server said, where there is more to say than the sentence. */
export const whyDetail = (reason: string, text: string) => (reason === 'burned' || text === whySentence(reason, text) ? '' : text)

const methods = /^(spf|dkim|dmarc|arc)=(\S+)/

/** `burn.example; spf=pass smtp.mailfrom=a.example; dkim=pass header.d=a.example` -> `SPF pass · DKIM pass by a.example`. */
export const checksOf = (authentication: string) =>
  authentication
    .split('; ')
    .slice(1)
    .flatMap((check) => {
      const [, method, result] = methods.exec(check) ?? []
      if (!method) return []
      const by = /header\.d=(\S+)/.exec(check)?.[1]
      return [`${method.toUpperCase()} ${result}${by ? ` by ${by}` : ''}`]
    })
    .join(' · ')
