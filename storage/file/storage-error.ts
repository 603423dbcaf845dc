/**
 * What the disk's errors are to those above.
 */
import { KafkaError } from '../../protocol/errors.ts'
import { systemCode } from './disk.ts'

/** Errors after which a later try may succeed: too many open files or too little memory, */
const SHORTAGES = new Set(['EMFILE', 'ENFILE', 'ENOMEM'])
/** or no space. */
const TRANSIENT = new Set(['ENOSPC', 'EDQUOT', ...SHORTAGES])

/** Whether a later try may succeed, as where there is no space. */
export const isTransient = (error: unknown): boolean => TRANSIENT.has(systemCode(error) ?? '')

/** Whether work that ended with this error, syncs among it, may be tried again: no sync failed, but there was no space or no file to be had for it. */
export const isShortage = (error: unknown): boolean =>
  isTransient(error) && (SHORTAGES.has(systemCode(error)!) || !/sync/i.test((error as NodeJS.ErrnoException).syscall!))

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
  if (systemCode(error) === undefined && !(error instanceof KafkaError)) throw error
  return isTransient(error) ? 'full' : 'failed'
}
