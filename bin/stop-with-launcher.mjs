// Preloaded into the program: when the launcher is killed and its channel breaks, the program stops as on SIGTERM.
import { isMainThread } from 'node:worker_threads'

if (isMainThread && process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel.unref()
}
