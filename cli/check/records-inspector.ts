import { KafkaError } from '../../protocol/errors.ts'
import * as batch from '../../protocol/records/batch.ts'
import { codecs, ready } from '../../protocol/records/compression.ts'
import { records } from '../../protocol/records/records.ts'
import type { Inspector, Tell } from '../../storage/file/check/check-log.ts'

/** Resolves when batches of every codec can be opened. */
export const codecsReady = async (): Promise<void> => {
  for (const codec of codecs) await ready(codec)
}

/** Opens every batch and reads its records: as many as it claims, well formed, their offsets ascending within the batch's. */
export const inspectRecords = (): Inspector => ({
  part() {},
  wantsWhole: () => true,
  batch(buffer, at, tell) {
    try {
      checkRecords(buffer, at, tell)
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      tell(`its records can't be read: ${error.detail ?? error.name}`)
    }
  },
  end() {},
})

const checkRecords = (buffer: Buffer, at: number, tell: Tell): void => {
  let due = batch.baseOffset(buffer, at)
  const last = batch.lastOffset(buffer, at)
  let count = 0
  for (const { offset } of records(buffer, at)) {
    if (offset < due || offset > last) return tell(`record ${count} has offset ${offset}, outside ${due} to ${last}`)
    due = offset + 1
    count++
  }
}
