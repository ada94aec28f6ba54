// Runs before the first paint, so that nothing flashes: the chosen theme, and no sign-in page for those who are signed in.
try {
  const page = document.documentElement
  const theme = localStorage.getItem('burnbox.theme')
  if (theme === 'light' || theme === 'dark') page.dataset.theme = theme
  if (localStorage.getItem('burnbox.in') || /^\/(setup|verify|reset|forgot|sign-up)$/.test(location.pathname)) page.dataset.wait = ''
} catch {
  // Storage can be forbidden; the page then follows the system and starts with sign-in.
}
