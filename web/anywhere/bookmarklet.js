// What the bookmark does in the page of a sign-up form. It runs as a bookmark, so no policy of the page forbids it; it adds nothing to the page
// and asks nobody but our own window, which gives an address only after a click in it. HOME is put in when the link is made.
(() => {
  const home = HOME
  const deeper = (node) => node.shadowRoot ?? (/^i?frame$/.test(node.localName) ? node.contentDocument : null)
  // What has the focus, through shadow roots and frames of the page's own origin. A frame of another origin stays shut.
  const focused = (root) => {
    const node = root.activeElement
    const inner = node && deeper(node)
    return inner ? (focused(inner) ?? node) : node
  }
  const inputs = (root) => [...root.querySelectorAll('*')].flatMap((node) => {
    if (node.localName === 'input') return [node]
    const inner = deeper(node)
    return inner ? inputs(inner) : []
  })
  const writable = (node) => node?.localName === 'input' && /^(email|text)$/.test(node.type) && !node.disabled && !node.readOnly
    && node.getClientRects().length > 0
  const labels = (node) => [...(node.labels ?? [])].map((label) => label.textContent)
  const named = (node) => [node.name, node.id, node.placeholder, node.getAttribute('aria-label'), ...labels(node)].join(' ')
  const score = (node) => (!writable(node) ? 0
    : (/(^|\s)email(\s|$)/.test(node.autocomplete) ? 4 : 0) + (node.type === 'email' ? 2 : 0) + (/e-?mail/i.test(named(node)) ? 1 : 0))

  const at = focused(document)
  const isForeign = /^i?frame$/.test(at?.localName)
  const all = inputs(document).filter(score)
  const best = all.reduce((one, other) => (one && score(one) >= score(other) ? one : other), undefined)
  const field = isForeign ? undefined : score(at) ? at : best ?? (writable(at) ? at : undefined)
  const again = all.filter((node) => node !== field && node.form && node.form === field?.form && /confirm|repeat|again|retype|verif/i.test(named(node)))

  const put = (node, text) => {
    const view = node.ownerDocument.defaultView
    // Past the property that React puts on the element itself: only so it notices that the value is another.
    Object.getOwnPropertyDescriptor(view.HTMLInputElement.prototype, 'value').set.call(node, text)
    for (const type of ['input', 'change']) node.dispatchEvent(new view.Event(type, { bubbles: true, composed: true }))
  }

  const beside = open(`${home}/popup#${encodeURIComponent(location.origin)}`, '_blank', 'popup,width=380,height=520')
  if (!beside) return alert('Burnbox: this browser stopped the small window. Allow pop-ups for this page, then click the bookmark again.')
  addEventListener('message', function hear(event) {
    if (event.source !== beside || event.origin !== home || typeof event.data?.address !== 'string') return
    removeEventListener('message', hear)
    const there = field?.isConnected && writable(field)
    if (there) {
      put(field, event.data.address)
      for (const node of again) if (!node.value) put(node, event.data.address)
      field.focus()
    }
    beside.postMessage({ burnbox: there ? 'filled' : 'no-field' }, home)
  })
})()
