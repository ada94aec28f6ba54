// Bodies are JSON: what a plain HTML form can send (text/plain, multipart, no type) is never read as if it were. A file is octets, which no form sends either.
import { Problem } from '../flow/problem.ts'

export type BodyType = 'application/json' | 'application/octet-stream'

export const hasOtherBody = (headers: Headers, takes: BodyType = 'application/json'): boolean => {
  const length = headers.get('content-length')
  const hasBody = headers.get('transfer-encoding') !== null || (length !== null && length !== '0')
  return hasBody && headers.get('content-type')?.split(';')[0]!.trim().toLowerCase() !== takes
}

export const refuseOtherTypes = (headers: Headers, takes: BodyType = 'application/json'): void => {
  if (hasOtherBody(headers, takes)) throw new Problem('unsupported-media-type', `Send the body as ${takes}.`)
}
