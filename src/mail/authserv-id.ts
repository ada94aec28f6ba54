// Whose Authentication-Results a field claims to be (RFC 8601 §2.2): its first word, behind comments, as a dot-atom or a quoted-string.

/** In lower case, without quotes, escapes and a final dot; '' when there is none. One pass. */
export const authservIdOf = (value: string): string => {
  const start = behindComments(value)
  const quoted = value[start] === '"' ? /^"((?:[^"\\]|\\.)*)/s.exec(value.slice(start, start + longestId)) : null
  const id = quoted ? (quoted[1] ?? '').replace(/\\(.)/gs, '$1') : (/^[^\s;"(]*/.exec(value.slice(start, start + longestId))?.[0] ?? '')
  return id.trim().toLowerCase().replace(/\.$/, '')
}

// Ours has 253 octets at most; each may be escaped.
const longestId = 600

const behindComments = (value: string): number => {
  let depth = 0
  let at = 0
  for (; at < value.length; at += 1) {
    const c = value[at]!
    if (c === '\\' && depth > 0) at += 1
    else if (c === '(') depth += 1
    else if (c === ')' && depth > 0) depth -= 1
    else if (depth === 0 && !/\s/.test(c)) break
  }
  return at
}
