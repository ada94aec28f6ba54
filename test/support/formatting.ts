// What .editorconfig says, checked: there is no formatter among the dependencies that agrees with the style of this house.
const checked = /\.(ts|tsx|mjs|js|json|css|html|sql|md|toml|yml|yaml)$|(^|\/)(Dockerfile|\.[a-z]+ignore|\.editorconfig|\.env\.example|run)$/
const exempt = /^(package-lock\.json|src\/store\/tables\.ts|test\/corpus\/)/
const measured = /\.(ts|tsx|mjs|js)$/
const mostColumns = 160

/** One line per mistake, `file:line: what`. `read` is called for the files that are checked. */
export function formattingMistakes(file: string, read: () => string): string[] {
  if (!checked.test(file) || exempt.test(file)) return []
  const text = read()
  if (text === '') return []
  const lines = text.split('\n')
  const mistakes = lines.flatMap((line, index) => {
    const found: string[] = []
    if (line.includes('\r')) found.push('ends with CR')
    else if (/[ \t]$/.test(line) && !(file.endsWith('.md') && /\S {2}$/.test(line))) found.push('ends with a blank')
    if (line.includes('\t')) found.push('has a tab')
    if (measured.test(file) && line.length > mostColumns) found.push(`is ${line.length} columns wide, more than ${mostColumns}`)
    return found.map((what) => `${file}:${index + 1}: ${what}`)
  })
  if (lines.at(-1) !== '') mistakes.push(`${file}:${lines.length}: has no newline at its end`)
  else if (lines.at(-2) === '') mistakes.push(`${file}:${lines.length - 1}: ends with an empty line`)
  return mistakes
}
