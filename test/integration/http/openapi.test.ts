// The description of /v1 is whole: every call that is there and none that is not, each with its schemas and its errors; and what a
// generator makes of it compiles, with right uses accepted and wrong ones refused.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import openapiTS from 'openapi-typescript'
import { describe, expect, test } from 'vitest'
import { problems } from '../../../src/flow/problem.ts'
import { createWeb } from '../../../src/http/create-web.ts'
import { createDatabase } from '../../support/database.ts'
import { startWeb } from '../../support/web-host.ts'

type Schema = { readonly $ref?: string; readonly properties?: object; readonly [member: string]: unknown }
type Content = Readonly<Record<string, { readonly schema?: Schema }>>
type Operation = {
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema?: Schema }[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly content?: Content }>>
}

const { db } = await createDatabase()
const { host, auth, call } = await startWeb(db)
await using web = createWeb({ host, auth })
const { body: description } = await call('GET', '/v1/openapi.json')
const operations = Object.entries(description.paths as Record<string, Record<string, Operation>>).flatMap(([at, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${at}`, at, operation })))

test('it has the calls that the router has, no more and no fewer', () => {
  const own = new Set(['GET /v1/openapi.json', 'GET /v1/docs'])
  const routed = web.app.routes.filter(({ method, path: at }) => method !== 'ALL' && at.startsWith('/v1/'))
    .map(({ method, path: at }) => `${method} ${at.replace(/\/$/, '').replaceAll(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')}`).filter((name) => !own.has(name))
  expect(operations.map(({ name }) => name).sort()).toEqual([...new Set(routed)].sort())
})

/** Every schema that a schema is made of. */
const parts = (schema: unknown): readonly Schema[] =>
  typeof schema !== 'object' || schema === null ? [] : [schema as Schema, ...Object.values(schema).flatMap(parts)]
const schemasOf = (content: Content | undefined): readonly Schema[] => Object.values(content ?? {}).flatMap(({ schema }) => schema ? [schema] : [])

describe.each(operations)('$name', ({ at, operation }) => {
  test('it says what it is for, what its answer looks like, and that a refusal is a problem', () => {
    expect(operation.summary).toMatch(/\w{3}/)
    expect(operation.tags).toHaveLength(1)
    const good = Object.entries(operation.responses).filter(([status]) => /^2\d\d$/.test(status))
    expect(good.length).toBeGreaterThan(0)
    for (const [status, { description: said, content }] of good) {
      expect(said).toMatch(/\w{2}/)
      if (status === '204') expect(content).toBeUndefined()
      else expect(Object.keys(content ?? {}).length).toBeGreaterThan(0)
      for (const schema of schemasOf(content)) expect(Object.keys(schema)).not.toEqual([])
    }
    expect(operation.responses['default']?.content?.['application/problem+json']?.schema).toEqual({ $ref: '#/components/schemas/Problem' })
  })

  test('each part of its path is a parameter, each parameter has a schema, and what is referred to is there', () => {
    const named = (operation.parameters ?? []).filter((one) => one.in === 'path').map(({ name }) => name)
    expect([...at.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)).toEqual(named)
    for (const { schema } of operation.parameters ?? []) expect(schema).toBeDefined()
    for (const { $ref } of parts(operation)) {
      if ($ref !== undefined) expect(description.components.schemas).toHaveProperty($ref.replace('#/components/schemas/', ''))
    }
  })
})

test('a problem has one of the codes that there are', () => {
  expect(description.components.schemas.Problem.properties.code.enum).toEqual([...Object.keys(problems), 'fault'])
})

const use = `
import type { components, paths } from './burnbox.ts'
type Json<T> = T extends { content: { 'application/json': infer J } } ? J : never
type Alias = components['schemas']['Alias']
type Body = Json<NonNullable<paths['/v1/aliases']['post']['requestBody']>>
type Created = Json<paths['/v1/aliases']['post']['responses'][201]>
type Listed = Json<paths['/v1/aliases']['get']['responses'][200]>
export const body: Body = { site: 'shop.example', label: 'Shop' }
export const states = (all: Listed): readonly Alias['state'][] => all.items.map((alias) => alias.state)
export const address = (made: Created): string => made.address
export const problem = (said: components['schemas']['Problem']): boolean => said.code === 'alias-taken'
// @ts-expect-error a site is text
export const wrong: Body = { site: 5 }
// @ts-expect-error there is no such state
export const never: Alias['state'] = 'paused'
// @ts-expect-error there is no such code
export const code: components['schemas']['Problem']['code'] = 'nonsense'
// @ts-expect-error there is no such call
export type None = paths['/v1/nowhere']
`

test('a generated client compiles', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'burnbox-openapi-'))
  try {
    await writeFile(path.join(folder, 'burnbox.ts'), await openapiTS(description, {}))
    await writeFile(path.join(folder, 'use.ts'), use)
    await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify({
      compilerOptions: { strict: true, noEmit: true, target: 'es2024', module: 'nodenext', allowImportingTsExtensions: true, types: [] }, include: ['*.ts'],
    }))
    const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url))
    const ran = await promisify(execFile)(process.execPath, [tsc, '-p', folder]).catch((error: { stdout: string }) => error)
    expect(ran.stdout).toBe('')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
