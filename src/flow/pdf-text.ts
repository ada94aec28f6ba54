// What a PDF shows and says about itself, as pdf.js reads it (unpdf: its build without a browser). It takes megabytes and its time, so that only the
// thread of the scan loads it.

const MOST_PAGES = 300

/** Throws when it is damaged or has too many pages. */
export async function* pdfTexts(bytes: Buffer): AsyncGenerator<Buffer> {
  const { getDocumentProxy } = await import('unpdf')
  // It takes the octets away from whoever gave them.
  const opened = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 }).catch(passwordAsked)
  if (opened === 'password') return // for whoever has it, like any encrypted part
  try {
    const { info, metadata } = await opened.getMetadata()
    yield Buffer.from(`${JSON.stringify(info)}\n${(metadata as { getRaw?: () => string } | null)?.getRaw?.() ?? ''}`)
    if (opened.numPages > MOST_PAGES) throw new Error('too many pages')
    for (let n = 1; n <= opened.numPages; n += 1) {
      const page = await opened.getPage(n)
      const items = (await page.getTextContent()).items.map((item) => 'str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')
      yield Buffer.from(items.join(''))
      yield Buffer.from(items.join(' '))
      page.cleanup()
    }
    yield Buffer.from(JSON.stringify(await opened.getAttachments().catch(() => null), (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value))
  } finally {
    await opened.loadingTask.destroy()
  }
}

const passwordAsked = (error: unknown): 'password' => {
  if ((error as Error).name === 'PasswordException') return 'password'
  throw error
}
