// node bin/launch.mjs <script.ts> [arguments]: what every npm script calls.
import { launch } from './launcher.mjs'

const [script, ...args] = process.argv.slice(2)
await launch(script, args)
