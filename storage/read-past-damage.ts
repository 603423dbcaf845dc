/**
 * Reading a whole log where what can't be read is passed over.
 */
import { DamagedRange, type Log, type Offset, type ReadOptions, type Slice } from './engine.ts'

/**
 * As `Log.read`, but from behind the damage that `from` lies in. `passed` is told of it. Behind the last damage of a log there may be nothing: the slice
 * is empty then, and its `next` the end of that damage.
 */
export const readPastDamage = async (
  log: Pick<Log, 'read'>,
  from: Offset,
  options: ReadOptions,
  passed: (range: DamagedRange) => void,
): Promise<Slice> => {
  for (let next = from; ; ) {
    try {
      return await log.read(next, options)
    } catch (error) {
      if (!(error instanceof DamagedRange) || error.to <= next) throw error
      passed(error)
      next = error.to
    }
  }
}
