// File names that a stranger chose (RELIABILITY C15): rebuilt, never trusted. RFC 6266, RFC 8187 (ext-value).

const mostCharacters = 150

/** No path, no control or direction characters, no lone surrogates, nothing hidden by leading dots. */
export const safeFileName = (name: string | undefined, fallback: string): string => {
  const last = (name ?? '').split(/[/\\]/).at(-1)!
  const clean = last.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/gu, '').replaceAll(/["*:<>?|]/g, '_').replace(/^[.\s]+/,
    '').replace(/[.\s]+$/, '')
  return clipped(clean) || fallback
}

/** Keeps the extension, and never cuts a character in two. */
const clipped = (name: string): string => {
  const characters = [...name]
  if (characters.length <= mostCharacters) return name
  const extension = /\.[\p{L}\p{N}]{1,10}$/u.exec(name)?.[0] ?? ''
  return characters.slice(0, mostCharacters - [...extension].length).join('') + extension
}

/** Always a download, whatever it is. */
export const contentDisposition = (name: string): string => {
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
