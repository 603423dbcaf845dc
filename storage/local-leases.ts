/**
 * Leases for engines that only one process appends to: the holders are the brokers inside that process.
 */
import type { Leases } from './engine.ts'

interface Lease {
  holder: string
  fence: number
  expiresMs: number
}

/**
 * Leases in memory. A lease ends when it is released or not renewed for its time to live.
 * @param monotonic ms on a clock that never goes back.
 */
export const createLocalLeases = (monotonic: () => number): Leases => {
  const leases = new Map<string, Lease>()
  let lastFence = 0
  return {
    async acquire(name, holder, ttlMs) {
      const now = monotonic()
      let lease = leases.get(name)
      if (lease === undefined || (lease.holder !== holder && lease.expiresMs <= now)) {
        lease = { holder, fence: ++lastFence, expiresMs: now + ttlMs }
        leases.set(name, lease)
      } else if (lease.holder === holder) {
        lease.expiresMs = now + ttlMs
      }
      return { holder: lease.holder, fence: lease.fence }
    },
    async release(name, holder) {
      if (leases.get(name)?.holder === holder) leases.delete(name)
    },
    async holders(prefix) {
      const now = monotonic()
      const found = new Map<string, string>()
      for (const [name, lease] of leases) {
        if (lease.expiresMs > now && name.startsWith(prefix)) found.set(name, lease.holder)
      }
      return found
    },
  }
}
