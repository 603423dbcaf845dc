/**
 * The part of an append that every engine checks the same way.
 */
import type { Batch, Offset } from './engine.ts'

/** Throws unless the batches are at least one, the first starts at `expectedEnd` and each follows its predecessor: a bug of the caller otherwise. */
export const checkBatches = (batches: readonly Batch[], expectedEnd: Offset): void => {
  if (batches.length === 0) throw new RangeError('an append without batches')
  let next = expectedEnd
  for (const { baseOffset, lastOffset } of batches) {
    if (baseOffset !== next || lastOffset < baseOffset)
      throw new RangeError(`a batch of offsets ${baseOffset} to ${lastOffset} can't be appended at ${next}`)
    next = lastOffset + 1
  }
}
