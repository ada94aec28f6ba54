// Time as an argument: everything that waits or dates something takes a Clock, so that tests own the time.
export type Timer = { unref(): unknown }

export type Clock = {
  now(): Date
  setTimeout(run: () => void, milliseconds: number): Timer
  clearTimeout(timer: Timer | undefined): void
}

export const systemClock: Clock = {
  now: () => new Date(),
  setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
}
