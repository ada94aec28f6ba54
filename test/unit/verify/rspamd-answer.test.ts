import { expect, test } from 'vitest'
import { readRspamdAnswer } from '../../../src/verify/rspamd-answer.ts'

// As rspamd 3.4 said it of the GTUBE message.
const gtube = '{"is_skipped":true,"score":15.0,"required_score":15.0,"action":"reject","symbols":{"GTUBE":{"name":"GTUBE","score":0.0,"metric_score":0.0}},'
  + '"messages":{"smtp_message":"Gtube pattern"},"message-id":"undef","time_real":0.000210}'

test('an answer of rspamd', () => {
  expect(readRspamdAnswer(gtube)).toEqual({ action: 'reject', score: 15 })
})

test('an action of its operator’s own means nothing', () => {
  expect(readRspamdAnswer('{"action":"to the moon","score":3}')).toEqual({ action: 'no action', score: 3 })
})

test.each([
  '', '{', 'null', '1', '[]', '{}', '"reject"', '{"action":"reject"}', '{"score":1}', '{"action":"reject","score":null}', '{"action":"reject","score":1e999}',
  '{"action":["reject"],"score":1}', '{"error":"invalid command","error_domain":"protocol-error"}',
])('%s is none', (text) => {
  expect(() => readRspamdAnswer(text)).toThrow()
})
