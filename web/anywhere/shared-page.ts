// What Share → Burnbox gives (manifest.webmanifest, share_target): browsers put the link into `url` or somewhere into `text`.

/** The site of the page that was shared, or ''. */
export function sharedSite(query: URLSearchParams): string {
  const link = [query.get('url'), query.get('text'), query.get('title')].map((text) => /https?:\/\/\S+/i.exec(text ?? '')?.[0]).find(Boolean)
  return (link && URL.parse(link)?.hostname) || ''
}
