// SimpleLogin's key: `Authentication: <key>`, with no scheme.
import type { Services } from '../../services.ts'
import { keyGuard } from '../key-guard.ts'

export const keyHeader = 'authentication'

export const simpleLoginGuard = (services: Pick<Services, 'host'>) =>
  keyGuard(services, (headers) => headers.get(keyHeader)?.trim() || undefined)
