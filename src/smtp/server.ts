// The ingress: where other servers bring mail.

import type { Host } from '../flow/host.ts'
import type { Certificate } from './certificate.ts'
import { openListener, type Listener } from './listener.ts'
import { createSessions } from './session.ts'

export type Ingress = Listener

export const openIngress = (host: Host, certificate: Certificate, options: { readonly idleMs?: number } = {}): Promise<Ingress> =>
  openListener(host, certificate, {
    endpoint: host.config.smtp, variable: 'BURNBOX_SMTP', handlers: (place) => createSessions(host, place), ...options,
  })
