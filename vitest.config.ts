// The rooms of test/ as projects, run one after the other: what is quick speaks first. Chaos waits more than it works, so two files at once.
import { defineConfig } from 'vitest/config'

type Room = { readonly name: string; readonly needsPostgres: boolean; readonly workers: number; readonly seconds: number }

const rooms: readonly Room[] = [
  { name: 'unit', needsPostgres: false, workers: 2, seconds: 10 },
  { name: 'integration', needsPostgres: true, workers: 2, seconds: 60 },
  { name: 'fuzz', needsPostgres: true, workers: 2, seconds: 120 },
  { name: 'e2e', needsPostgres: true, workers: 2, seconds: 120 },
  { name: 'compat', needsPostgres: false, workers: 2, seconds: 120 },
  { name: 'browser', needsPostgres: true, workers: 1, seconds: 180 },
  { name: 'chaos', needsPostgres: true, workers: 2, seconds: 300 },
]

export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: rooms.map((room, order) => ({
      test: {
        name: room.name,
        // What the soak alone has the time for, as it sets CHAOS_SCALE.
        include: [`test/${room.name}/**/*.test.ts`, ...process.env['CHAOS_SCALE'] ? [`test/${room.name}/**/*.soak.ts`] : []],
        pool: 'forks' as const,
        maxWorkers: room.workers,
        sequence: { groupOrder: order },
        testTimeout: room.seconds * 1_000,
        hookTimeout: room.seconds * 1_000,
        allowOnly: false,
        // Its own second is too short for a page on a machine that does other things too.
        expect: { poll: { timeout: 15_000 } },
        ...(room.needsPostgres && { globalSetup: ['test/support/postgres-server.ts'] }),
      },
    })),
  },
})
