// Bodies are JSON: what a plain HTML form can send (text/plain, multipart, no type) is never read as if it were.
import { Problem } from '../flow/problem.ts'

export const hasOtherBody = (headers: Headers): boolean => {
  const length = headers.get('content-length')
  const hasBody = headers.get('transfer-encoding') !== null || (length !== null && length !== '0')
  return hasBody && !/^application\/json(?:\s*;|\s*$)/i.test(headers.get('content-type') ?? '')
}

export const refuseOtherTypes = (headers: Headers): void => {
  if (hasOtherBody(headers)) throw new Problem('unsupported-media-type', 'Send the body as application/json.')
}
