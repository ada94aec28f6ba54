// To the clipboard, with a way for pages that are not served over https, where browsers hide the clipboard.

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text)
  }
}

/** An address that is selected by hand comes to the clipboard in one piece: its three voices are three boxes, and browsers put a line
 *  break between boxes. */
export function watchCopying() {
  document.addEventListener('copy', (event) => {
    const selection = getSelection()
    const at = selection?.anchorNode
    const element = at instanceof Element ? at : at?.parentElement
    if (!selection || !element?.closest('.addr')) return
    event.clipboardData?.setData('text/plain', selection.toString().replaceAll('\n', ''))
    event.preventDefault()
  })
}

function copyBySelection(text: string): boolean {
  const field = document.createElement('textarea')
  const before = document.activeElement
  field.value = text
  field.className = 'vh'
  field.setAttribute('readonly', '')
  ;(document.querySelector('dialog[open]') ?? document.body).append(field)
  field.select()
  const done = document.execCommand('copy')
  field.remove()
  if (before instanceof HTMLElement) before.focus()
  return done
}
