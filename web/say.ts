// The one live region of the page: what has just happened, for those who do not see it happen.

/** Says it politely. The same sentence twice in a row is said twice. */
export function say(text: string) {
  const region = document.getElementById('said')
  if (!region) return
  region.textContent = ''
  setTimeout(() => {
    region.textContent = text
  }, 30)
}
