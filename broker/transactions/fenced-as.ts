import type { ErrorName } from '../../protocol/errors.ts'

/** The error as a client of transactions knows it: before KIP-588 there was no PRODUCER_FENCED. */
export const fencedAs = (error: ErrorName, knowsFenced: boolean): ErrorName =>
  error === 'PRODUCER_FENCED' && !knowsFenced ? 'INVALID_PRODUCER_EPOCH' : error
