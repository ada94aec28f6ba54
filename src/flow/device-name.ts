// What a person calls the program and machine of a User-Agent field: "Firefox on Windows". A guess, for reading only.
const programs: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'], [/\bOPR\//, 'Opera'], [/\b(?:Firefox|FxiOS)\//, 'Firefox'], [/\b(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'], [/\biPad\b/, 'iPad'], [/\bAndroid\b/, 'Android'], [/\bWindows\b/, 'Windows'], [/\bMac OS X\b|\bMacintosh\b/, 'a Mac'],
  [/\bCrOS\b/, 'ChromeOS'], [/\bLinux\b/, 'Linux'],
]

export const deviceName = (userAgent: string | null | undefined): string => {
  const text = userAgent ?? ''
  const named = (list: typeof programs): string | undefined => list.find(([pattern]) => pattern.test(text))?.[1]
  const [program, system] = [named(programs), named(systems)]
  if (program === undefined) return system === undefined ? 'An unknown program' : `A program on ${system}`
  return system === undefined ? program : `${program} on ${system}`
}
