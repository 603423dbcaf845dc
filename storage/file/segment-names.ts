/**
 * The names of files in a log's directory, which are Kafka's.
 */
import type { Offset } from '../engine.ts'

/** Suffixes of files on their way in or out; see `rewrite.ts` and `recovery/leftovers.ts`. */
export const CLEANED = '.cleaned'
export const SWAP = '.swap'
export const DELETED = '.deleted'
export const TEMPORARY = '.tmp'

const OFFSET_DIGITS = 20

/** 20 digits, so that names sort as offsets do. */
export const offsetName = (offset: Offset): string => String(offset).padStart(OFFSET_DIGITS, '0')

/** `00000000000000000042.log` */
export const segmentFile = (start: Offset, kind: 'log' | 'index' | 'timeindex' | 'damaged'): string =>
  `${offsetName(start)}.${kind}`

/** The offset that a file's name begins with and what follows it; null for other names. */
export const splitOffsetName = (name: string): { readonly offset: Offset; readonly rest: string } | null => {
  const match = /^(\d{20})(\..+)$/.exec(name)
  if (match === null) return null
  const offset = Number(match[1])
  return Number.isSafeInteger(offset) ? { offset, rest: match[2]! } : null
}
