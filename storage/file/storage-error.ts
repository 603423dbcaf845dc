/**
 * What the disk's errors are to those above.
 */
import { KafkaError } from '../../protocol/errors.ts'
import { systemCode } from './disk.ts'

/** Errors after which a later try may succeed. */
const TRANSIENT = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'ENOMEM'])

/** The result of `work`; an error of the disk becomes KAFKA_STORAGE_ERROR. */
export const guarded = <T>(work: () => T): T => {
  try {
    return work()
  } catch (error) {
    throw toStorageError(error)
  }
}

/** As `guarded`, for promises. */
export const guardedAsync = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw toStorageError(error)
  }
}

/** KAFKA_STORAGE_ERROR for an error of the disk, any other error as it is. */
const toStorageError = (error: unknown): unknown =>
  systemCode(error) === undefined ? error : new KafkaError('KAFKA_STORAGE_ERROR', String(error))

/** What an append answers that ended with this error. Throws it if it is none of the disk's. */
export const refusalFor = (error: unknown): 'full' | 'failed' => {
  const code = systemCode(error)
  if (code === undefined && !(error instanceof KafkaError)) throw error
  return code !== undefined && TRANSIENT.has(code) ? 'full' : 'failed'
}
