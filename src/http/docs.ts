// /v1/openapi.json and /v1/docs: the description, and a page that a person can read. Nothing is loaded from anywhere.
import type { OpenAPIHono } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { escaped } from './reader/document.ts'
import type { HttpEnv } from './services.ts'

type Schema = {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
}
type Content = Readonly<Record<string, { readonly schema?: Schema }>>
type Parameter = { readonly name: string; readonly required?: boolean; readonly description?: string; readonly schema?: Schema }
type Operation = {
  readonly tags?: readonly string[]
  readonly summary?: string
  readonly description?: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>
}
type Description = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> }
}

const about = [
  'Send `Authorization: Bearer <token>`, or call from a page of this host while signed in.',
  'A token has scopes: `create` makes aliases, `read` reads, `manage` does all.',
  'Lists take `limit` (at most 200) and `cursor`, and answer `items` and `next`. Times are RFC 3339, ids are opaque strings.',
  'Errors are RFC 9457 problem details with a stable `code`.',
].join(' ')

const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

export const docRoutes = (api: OpenAPIHono<HttpEnv>, serverUrl: string) => {
  const document = api.getOpenAPI31Document({
    openapi: '3.1.0', info: { title: 'Burnbox', version: '1', description: about }, servers: [{ url: serverUrl }], security: [{ token: [] }],
  })
  document.components = { ...document.components, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } }
  const html = page(document as unknown as Description)
  const app = new Hono<HttpEnv>()
  app.get('/openapi.json', (c) => c.json(document, 200, { 'cache-control': 'no-cache' }))
  app.get('/docs', (c) => c.html(html, 200, { 'cache-control': 'no-cache', 'content-security-policy': policy }))
  return app
}

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 52rem; margin: 0 auto; padding: 2rem 1rem; overflow-wrap: anywhere }
code { font: .9em ui-monospace, monospace } section { border-top: 1px solid #8886; padding: .5rem 0 }
h3 { margin: .5rem 0 0; font-size: 1rem } table { border-collapse: collapse; width: 100% }
td { vertical-align: top; padding: .15rem 1rem .15rem 0 } .m { display: inline-block; min-width: 4.5rem; font-weight: 700 } .q { opacity: .75 }
`

const page = (description: Description): string => {
  const groups = new Map<string, string[]>()
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags?.[0] ?? 'Other'
      groups.set(tag, [...groups.get(tag) ?? [], section(method, path, operation)])
    }
  }
  const shapes = Object.entries(description.components?.schemas ?? {})
    .map(([name, schema]) => `<section id="${escaped(name)}"><h3>${escaped(name)}</h3>${shape(schema)}</section>`)
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Burnbox API</title><style>${style}</style></head><body><main><h1>Burnbox API, version 1</h1>`,
    `<p>${code(about)} Machine-readable: <a href="/v1/openapi.json">openapi.json</a>.</p>`,
    ...[...groups].map(([tag, sections]) => `<h2>${escaped(tag)}</h2>${sections.join('')}`),
    `<h2>Shapes</h2>${shapes.join('')}</main></body></html>`,
  ].join('\n')
}

const section = (method: string, path: string, operation: Operation): string => {
  const parameters = (operation.parameters ?? [])
    .map((one) => row(one.name, one.schema, one.description ?? one.schema?.description, one.required ?? false))
  const sent = Object.values(operation.requestBody?.content ?? {})[0]?.schema
  const answers = Object.entries(operation.responses).filter(([status]) => status !== 'default').map(([status, { description, content }]) => {
    const [type, answer] = Object.entries(content ?? {})[0] ?? []
    const what = type === 'application/json' && answer?.schema ? typeName(answer.schema) : escaped(type ?? '')
    return `<p><b>${escaped(status)}</b> ${escaped(description)}${what === '' ? '' : `: <code>${what}</code>`}</p>`
  })
  return [
    `<section><h3><span class="m">${escaped(method.toUpperCase())}</span> <code>${escaped(path)}</code></h3>`,
    `<p>${escaped(operation.summary ?? '')}. ${escaped(operation.description ?? '')}</p>`,
    parameters.length > 0 ? `<table>${parameters.join('')}</table>` : '', sent ? `<p>Body:</p>${shape(sent)}` : '', ...answers, '</section>',
  ].join('')
}

const shape = (schema: Schema): string => {
  if (!schema.properties) return `<p><code>${typeName(schema)}</code></p>`
  const rows = Object.entries(schema.properties)
    .map(([name, one]) => row(name, one, one.description, schema.required?.includes(name) ?? false))
  return `<table>${rows.join('')}</table>`
}

const row = (name: string, schema: Schema | undefined, description: string | undefined, required: boolean): string => [
  `<tr><td><code>${escaped(name)}${required ? '' : '?'}</code></td><td><code>${schema ? typeName(schema) : ''}</code></td>`,
  `<td class="q">${escaped(description ?? '')}</td></tr>`,
].join('')

const typeName = (schema: Schema): string => {
  const reference = schema.$ref?.split('/').at(-1)
  if (reference !== undefined) return `<a href="#${escaped(reference)}">${escaped(reference)}</a>`
  if (schema.enum) return schema.enum.map((one) => escaped(JSON.stringify(one))).join(' | ')
  const parts = schema.anyOf ?? schema.oneOf
  if (parts) return parts.map(typeName).join(' | ')
  if (schema.allOf) return schema.allOf.map(typeName).join(' &amp; ')
  if (schema.type === 'array') return `${schema.items ? typeName(schema.items) : ''}[]`
  if (!schema.properties) return escaped(schema.format ?? [schema.type ?? 'any'].flat().join(' | '))
  const members = Object.entries(schema.properties).map(([name, one]) => `${escaped(name)}: ${typeName(one)}`)
  return `{ ${members.join(', ')} }`
}

const code = (text: string): string => escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
