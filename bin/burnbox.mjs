#!/usr/bin/env node
// The `burnbox` command, in a checkout and in an installed package.
import { launch } from './launcher.mjs'

await launch('src/main.ts', process.argv.slice(2))
