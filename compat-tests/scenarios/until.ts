/** Waiting for something to become so: polls with a deadline, never sleeps for luck. */
import { setTimeout as pause } from 'node:timers/promises'

const pollMs = 20
const defaultDeadlineMs = 20_000

/**
 * Resolves with the first value of `probe` that is neither undefined nor false.
 * Rejects with what `probe` throws, and after `deadlineMs` with `what` that didn't happen.
 */
export async function until<T>(
  what: string | (() => string),
  probe: () => T | Promise<T>,
  deadlineMs: number = defaultDeadlineMs,
): Promise<Exclude<T, undefined | false>> {
  const end = performance.now() + deadlineMs
  for (;;) {
    const value = await probe()
    if (value !== undefined && value !== false) return value as Exclude<T, undefined | false>
    if (performance.now() > end) {
      throw new Error(`not within ${deadlineMs} ms: ${typeof what === 'string' ? what : what()}`)
    }
    await pause(pollMs)
  }
}
