import { KafkaError } from '../../protocol/errors.ts'

/** INVALID_REGULAR_EXPRESSION, and why. */
export const invalid = (why: string): KafkaError =>
  new KafkaError('INVALID_REGULAR_EXPRESSION', `not a regular expression: ${why}`)
