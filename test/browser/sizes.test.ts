// What the first screen costs to fetch, as it was built.
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'

const dist = new URL('../../dist/web/', import.meta.url)
const html = readFileSync(new URL('index.html', dist), 'utf8')
const packed = (path: string) => gzipSync(readFileSync(new URL(path.slice(1), dist))).length
const named = (pattern: RegExp) => [...html.matchAll(pattern)].map((match) => match[1]!)
const sum = (paths: readonly string[]) => paths.reduce((bytes, path) => bytes + packed(path), 0)

test('the script of the first screen is at most 60 KB, its style 15 KB, gzipped; nothing is inline', () => {
  // What index.html names, and the program that it fetches once it is painted.
  const program = readdirSync(new URL('assets/', dist)).filter((name) => /^(?:first|start)-/.test(name)).map((name) => `/assets/${name}`)
  const scripts = [...named(/<script[^>]* src="([^"]+)"/g), ...program.filter((name) => name.endsWith('.js'))]
  const waitedFor = named(/<link rel="stylesheet"[^>]* href="([^"]+)"/g)
  const styles = [...waitedFor, ...program.filter((name) => name.endsWith('.css'))]
  expect(scripts.length).toBeGreaterThanOrEqual(3)
  expect([waitedFor.length, styles.length]).toEqual([1, 2])
  expect(sum(waitedFor)).toBeLessThanOrEqual(4_000)
  expect(sum(scripts)).toBeLessThanOrEqual(60_000)
  expect(sum(styles)).toBeLessThanOrEqual(15_000)
  expect(html).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=/)
})
