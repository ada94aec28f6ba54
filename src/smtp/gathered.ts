// Octets in the order in which they come, in one buffer that grows: a message in segments of one octet takes no more room than any other.

const FIRST_BYTES = 16 * 1024

export type Gathered = {
  readonly size: () => number
  readonly add: (piece: Buffer) => void
  /** What is there; good until the next `add` or `clear`. */
  readonly bytes: () => Buffer
  readonly clear: () => void
}

/** A first piece that stays alone, as most messages do, is kept as it came. */
export const createGathered = (): Gathered => {
  let alone: Buffer | undefined
  let room = Buffer.alloc(0)
  let size = 0
  const append = (piece: Buffer): void => {
    if (size + piece.length > room.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, 2 * (size + piece.length)))
      room.copy(larger, 0, 0, size)
      room = larger
    }
    piece.copy(room, size)
    size += piece.length
  }
  return {
    size: () => alone?.length ?? size,
    add: (piece) => {
      if (alone === undefined && size === 0 && piece.length > 1) {
        alone = piece
        return
      }
      if (alone) {
        const first = alone
        alone = undefined
        append(first)
      }
      append(piece)
    },
    bytes: () => alone ?? room.subarray(0, size),
    clear: () => {
      alone = undefined
      size = 0
    },
  }
}
