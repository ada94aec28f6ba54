// What the operator of a host reads and does.
import type { InferResponseType } from 'hono/client'
import { answer, api, done, filled, one, until, type Page } from './calls.ts'

export type HostStatus = InferResponseType<typeof api.host.$get, 200>
export type HostAccount = InferResponseType<typeof api.host.accounts.$get, 200>['items'][number]
export type Invitation = InferResponseType<typeof api.host.invitations.$get, 200>['items'][number]
export type QueueLine = InferResponseType<typeof api.host.queue.$get, 200>['items'][number]
export type DnsRecord = InferResponseType<typeof api.host.dns.$get, 200>['items'][number]
export const hostStatus = (signal?: AbortSignal) => answer<HostStatus>(api.host.$get({}, until(signal)))
export const changeHost = (json: { sign_up: HostStatus['sign_up'] }) => answer<HostStatus>(api.host.$patch({ json }))
export const dnsRecords = (signal?: AbortSignal) => answer<{ items: DnsRecord[] }>(api.host.dns.$get({ query: { check: 'true' } }, until(signal)))
export const queue = (cursor?: string, signal?: AbortSignal) =>
  answer<Page<QueueLine>>(api.host.queue.$get({ query: filled({ cursor, limit: '50' }) }, until(signal)))
export const retryAll = () => answer<{ retried: number }>(api.host.queue.retry.$post({}))
export const retryOne = (id: string) => answer<{ retried: number }>(api.host.queue[':id'].retry.$post(one(id)))
export const hostAccounts = (signal?: AbortSignal) => answer<Page<HostAccount>>(api.host.accounts.$get({ query: {} }, until(signal)))
type InvitationLimits = { held_bytes?: number; aliases?: number | null }
export type Limits = InvitationLimits & { domains?: number | null; replies_hourly?: number }
export const changeLimits = (id: string, json: Limits) => done(api.host.accounts[':id'].$patch({ ...one(id), json }))
export const suspendAccount = (id: string) => done(api.host.accounts[':id'].suspend.$post(one(id)))
export const restoreAccount = (id: string) => done(api.host.accounts[':id'].restore.$post(one(id)))
export const deleteAccount = (id: string) => done(api.host.accounts[':id'].$delete(one(id)))
export const invitations = (signal?: AbortSignal) => answer<Page<Invitation>>(api.host.invitations.$get({ query: {} }, until(signal)))
export const invite = (json: InvitationLimits & { email?: string }) =>
  answer<InferResponseType<typeof api.host.invitations.$post, 201>>(api.host.invitations.$post({ json }))
export const withdrawInvitation = (id: string) => done(api.host.invitations[':id'].$delete(one(id)))
