// The worker thread: one message in, one answer out.
import { parentPort } from 'node:worker_threads'
import { readMessage, type Answer, type Job } from './read-message.ts'

const port = parentPort!

const answerTo = async (job: Job): Promise<Answer> => {
  try {
    return await readMessage(job)
  } catch {
    // A parser's own words about hostile input help nobody.
    return { kind: 'failed', why: 'Its structure cannot be read.' }
  }
}

port.on('message', (job: Job) => {
  port.postMessage('started')
  void answerTo(job).then((answer) => port.postMessage(answer))
})
