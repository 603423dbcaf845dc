import type { SimulatedDisk } from './simulated-disk.ts'

/** Lets the disk work until the promise settles, and gives what it gives. */
export const drive = async <T>(disk: SimulatedDisk, promise: Promise<T>): Promise<T> => {
  let settled = false
  const watched = promise.finally(() => {
    settled = true
  })
  // Its failure is for the caller, later.
  watched.catch(() => {})
  while (!settled) {
    await new Promise(resolve => setImmediate(resolve))
    disk.turn()
  }
  return watched
}
