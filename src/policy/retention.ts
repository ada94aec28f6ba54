// What holding has room for, and what gives way (RELIABILITY choice 10). Bytes throughout.
// Burn-held mail, and refused mail that was not authenticated, may take at most half of the quota each;
// only burn-held mail ever gives way, and what was answered 250 is always held.

export type HoldingUse = { readonly quota: number; readonly total: number; readonly burned: number; readonly refusedUnauthenticated: number }

/** At RCPT for a burned alias: would there be room once burn-held mail has given way? `size` is the declared SIZE or 0. */
export const canMakeRoom = (use: HoldingUse, size: number): boolean =>
  size <= use.quota / 2 && use.total - use.burned + Math.max(size, 1) <= use.quota

/** How many bytes of burn-held mail must give way before `size` more bytes are held; more than there are where there is no room. */
export const bytesToLetGo = (use: HoldingUse, size: number, reason: 'burned' | 'refused'): number =>
  Math.max(0, reason === 'burned' ? use.burned + size - use.quota / 2 : 0, use.total + size - use.quota)

/** While the sender still waits: may refused mail be held, or is the refusal passed on (choice 2)? */
export const hasRoomForRefused = (use: HoldingUse, size: number, authenticated: boolean): boolean =>
  use.total - use.burned + size <= use.quota && (authenticated || use.refusedUnauthenticated + size <= use.quota / 2)
