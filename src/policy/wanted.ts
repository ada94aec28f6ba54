// Held mail that its owner is probably waiting for, by what its subject says, in the languages that write most of it. No text is read.

export type Wanted = 'code' | 'reset' | 'receipt' | 'invitation'

const anyOf = (...parts: readonly string[]): RegExp => new RegExp(parts.join('|'), 'i')

const patterns: readonly (readonly [Wanted, RegExp])[] = [
  ['reset', anyOf(
    'pass(?:word|code)[^.]{0,20}(?:reset|forgot|change)', '(?:reset|forgot|change|recover)[^.]{0,20}(?:pass(?:word|code)|account)',
    'passwort|kennwort|mot de passe|contrase[ñn]a|senha|wachtwoord|password dimenticata',
  )],
  ['code', anyOf(
    '\\b(?<!(?:promo|discount|coupon|voucher|gift|referral|invite|dress|zip|source|qr)[- ])code\\b',
    '\\b(?:otp|pin|one[- ]time|2fa|tan)\\b', 'verif(?:y|ication|ied)', 'confirm(?:ation)? (?:your )?(?:e-?mail|address|account)',
    '\\b(?:sign|log)[- ]?in\\b|security alert', 'best[äa]tig(?:en|ungs(?:code|link))|sicherheitscode|anmeld|c[óo]digo|vérifi|codice|verificatie',
  )],
  ['receipt', anyOf(
    '\\b(?:receipt|invoice|order|payment|paid|refund|shipp(?:ed|ing)|deliver(?:y|ed)|booking|reservation|ticket|itinerary)\\b',
    'rechnung|bestell|quittung|zahlung|lieferung|buchung|facture|commande|factura|pedido|fattura|ordine|factuur',
  )],
  ['invitation', anyOf('invit(?:ation|e|ed)|einladung|invitaci[óo]n|uitnodiging|invito')],
  // A number alone, at the beginning or the end, that is no year: of a receipt it is that of an order.
  ['code', anyOf('^\\W*(?!(?:19|20)\\d\\d\\b)\\d{4,8}\\b', '[:#-] ?(?!(?:19|20)\\d\\d$)\\d{4,8}$')],
]

/** Undefined: nothing says so. */
export const wantedAs = (subject: string): Wanted | undefined => patterns.find(([, pattern]) => pattern.test(subject))?.[0]

/** What is useless a week later. */
export const isUrgent = (subject: string): boolean => ['code', 'reset'].includes(wantedAs(subject) ?? '')
