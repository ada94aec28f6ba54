// A company's name in ASCII letters, for people to read and type: müller -> mueller, straße -> strasse, яндекс -> yandeks.
import { decodeLabel } from '../mail/punycode.ts'

// German, Nordic and Polish custom first; NFKD takes care of every other accent.
const special: Readonly<Record<string, string>> = {
  ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', å: 'aa', æ: 'ae', ø: 'oe', œ: 'oe', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i', ħ: 'h',
  а: 'a', б: 'b', в: 'v', г: 'g', д: 'd', е: 'e', ё: 'yo', ж: 'zh', з: 'z', и: 'i', й: 'y', к: 'k', л: 'l', м: 'm', н: 'n',
  о: 'o', п: 'p', р: 'r', с: 's', т: 't', у: 'u', ф: 'f', х: 'kh', ц: 'ts', ч: 'ch', ш: 'sh', щ: 'shch', ъ: '', ы: 'y', ь: '',
  э: 'e', ю: 'yu', я: 'ya', і: 'i', ї: 'yi', є: 'ye', ґ: 'g',
  α: 'a', β: 'v', γ: 'g', δ: 'd', ε: 'e', ζ: 'z', η: 'i', θ: 'th', ι: 'i', κ: 'k', λ: 'l', μ: 'm', ν: 'n', ξ: 'x', ο: 'o',
  π: 'p', ρ: 'r', σ: 's', ς: 's', τ: 't', υ: 'y', φ: 'f', χ: 'ch', ψ: 'ps', ω: 'o',
}

/** `[a-z0-9-]*` from one label; '' when nothing of it can be written so. */
export const transliterate = (label: string): string => {
  const text = (/^xn--/i.test(label) ? (decodeLabel(label) ?? '') : label).toLowerCase().normalize('NFC')
  return [...text]
    .map((c) => special[c] ?? [...c.normalize('NFKD').replace(/\p{M}/gu, '')].map((base) => special[base] ?? base).join(''))
    .join('')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
}
