/** Does the work for each, at most so many at once. Rejects with the first failure, and begins no other then. */
export const atOnce = async <T>(all: Iterable<T>, count: number, work: (each: T) => Promise<void>): Promise<void> => {
  const left = all[Symbol.iterator]()
  let failed = false
  const some = async (): Promise<void> => {
    for (let next = left.next(); next.done !== true && !failed; next = left.next()) {
      try {
        await work(next.value)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: count }, some))
}
