import { batchesOf, offsetsOf } from '../../conformance/suite.ts'
import { DamagedRange, type Log } from '../../engine.ts'

/** What can be read of a log, batch by batch, and what can't. */
export interface Survey {
  /** Base offsets. */
  readonly offsets: number[]
  /** Half open. */
  readonly damaged: [from: number, to: number][]
}

/** Reads all of a log as a consumer would that seeks past damage. */
export const survey = async (log: Log, found: (batch: Buffer) => void = () => {}): Promise<Survey> => {
  const { start, end } = await log.bounds()
  const offsets: number[] = []
  const damaged: [number, number][] = []
  for (let next = start; next < end; ) {
    try {
      const slice = await log.read(next, { maxBytes: 150, atLeastOne: true })
      const batches = batchesOf(slice.chunks)
      for (const batch of batches) found(batch)
      offsets.push(...offsetsOf(batches))
      next = batches.length === 0 ? end : slice.next
      slice.release()
    } catch (error) {
      if (!(error instanceof DamagedRange)) throw error
      damaged.push([error.from, error.to])
      next = error.to
    }
  }
  return { offsets, damaged }
}
