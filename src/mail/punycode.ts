// An A-label back to its letters: RFC 3492 §6.2, for showing names to people. The other way is the URL standard's (address.ts).

const base = 36
const tMin = 1
const tMax = 26
const maxLabelLength = 63

/** `xn--mller-kva` -> `müller`; undefined for what is no A-label. */
export const decodeLabel = (label: string): string | undefined => {
  const text = label.toLowerCase()
  if (!/^xn--[a-z0-9-]+$/.test(text) || text.length > maxLabelLength) return undefined
  const encoded = text.slice(4)
  const hyphen = encoded.lastIndexOf('-')
  const points = hyphen > 0 ? Array.from(encoded.slice(0, hyphen), (c) => c.charCodeAt(0)) : []
  let point = 128
  let index = 0
  let bias = 72
  for (let at = hyphen + 1; at < encoded.length; ) {
    const before = index
    for (let weight = 1, k = base; ; k += base) {
      const digit = digitOf(encoded.charCodeAt(at))
      at += 1
      if (digit === undefined) return undefined
      index += digit * weight
      const threshold = Math.min(tMax, Math.max(tMin, k - bias))
      if (digit < threshold) break
      weight *= base - threshold
    }
    bias = adapt(index - before, points.length + 1, before === 0)
    point += Math.floor(index / (points.length + 1))
    index %= points.length + 1
    if (point > 0x10ffff) return undefined
    points.splice(index, 0, point)
    index += 1
  }
  return String.fromCodePoint(...points)
}

const digitOf = (code: number): number | undefined => {
  if (code >= 97 && code <= 122) return code - 97
  return code >= 48 && code <= 57 ? code - 22 : undefined
}

const adapt = (difference: number, count: number, isFirst: boolean): number => {
  let delta = isFirst ? Math.floor(difference / 700) : difference >> 1
  delta += Math.floor(delta / count)
  let k = 0
  for (; delta > ((base - tMin) * tMax) >> 1; k += base) delta = Math.floor(delta / (base - tMin))
  return k + Math.floor(((base - tMin + 1) * delta) / (delta + 38))
}
