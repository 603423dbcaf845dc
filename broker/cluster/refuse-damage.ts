import * as batch from '../../protocol/records/batch.ts'
import { DamagedRange, type Log } from '../../storage/engine.ts'

/** Bytes of one read. */
const READ_BYTES = 256 * 1024

/**
 * Rejects with an Error for people if any of the metadata's log can't be read. A broker that went on with what is left would take logs of topics that it
 * doesn't know any more for leftovers, and delete them.
 */
export const refuseDamage = async (log: Log): Promise<void> => {
  const { start, end } = await log.bounds()
  for (let next = start; next < end; ) {
    const slice = await readOrRefuse(log, next)
    try {
      for (const chunk of slice.chunks)
        for (const position of batch.batches(chunk))
          if (!batch.checkCrc(chunk, position))
            throw damaged(`the batch at offset ${batch.baseOffset(chunk, position)} has a wrong checksum`)
    } finally {
      slice.release()
    }
    if (slice.next <= next) break
    next = slice.next
  }
}

const readOrRefuse = async (log: Log, from: number) => {
  try {
    return await log.read(from, { maxBytes: READ_BYTES, atLeastOne: true })
  } catch (error) {
    throw error instanceof DamagedRange ? damaged(String(error.detail)) : error
  }
}

const damaged = (what: string): Error =>
  new Error(
    `the cluster's metadata (the directory __cluster_metadata-0) is damaged, and without it nobody knows which topics there are: ${what}. ` +
      'Nothing was changed. Put a copy of the data directory in its place; without one, move __cluster_metadata-0 out of it and ' +
      'import the rest into a new one (samsa import-kafka <this directory> --data-dir <a new one>): records and offsets come over, settings of topics do not',
  )
