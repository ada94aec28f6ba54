// A page of a list as Laravel writes it, which is what these clients read: links to the others, and where one is.
import type { Context } from 'hono'
import type { Config } from '../../../config.ts'
import type { Paging } from './list-query.ts'

export const pageJson = <T>(c: Context, config: Pick<Config, 'url'>, data: readonly T[], total: number, { number, size }: Paging) => {
  const last = Math.max(1, Math.ceil(total / size))
  const path = new URL(c.req.path, config.url.origin)
  const urlOf = (page: number): string | null => {
    if (page < 1 || page > last) return null
    const url = new URL(path)
    url.search = new URL(c.req.url).search
    url.searchParams.delete('page')
    url.searchParams.set('page[number]', String(page))
    return url.href
  }
  const first = (number - 1) * size + 1
  const link = (label: string, page: number) => ({ url: urlOf(page), label, active: label === String(number) })
  return {
    data,
    links: { first: urlOf(1), last: urlOf(last), prev: urlOf(number - 1), next: urlOf(number + 1) },
    meta: {
      current_page: number, from: data.length > 0 ? first : null, last_page: last, path: path.href, per_page: size,
      links: [link('Previous', number - 1), link(String(number), number), link('Next', number + 1)],
      to: data.length > 0 ? first + data.length - 1 : null, total,
    },
  }
}
