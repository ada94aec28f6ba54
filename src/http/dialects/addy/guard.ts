// addy.io's key: `Authorization: Bearer <key>`.
import type { Services } from '../../services.ts'
import { keyGuard } from '../key-guard.ts'

export const addyGuard = (services: Pick<Services, 'host'>) =>
  keyGuard(services, (headers) => /^Bearer +([\x21-\x7e]+) *$/i.exec(headers.get('authorization') ?? '')?.[1])
