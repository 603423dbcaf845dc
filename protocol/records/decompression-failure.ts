/**
 * The two ways in which decompressing a client's bytes may fail; the codecs share them.
 */
import { KafkaError } from '../errors.ts'
import type { Codec } from './compression.ts'

/** The data isn't what the codec writes. */
export const corrupt = (codec: Codec, what: string): KafkaError =>
  new KafkaError('CORRUPT_MESSAGE', `${codec} data: ${what}`)

/** The data would decompress to more than is allowed. */
export const tooLarge = (codec: Codec, maxBytes: number): KafkaError =>
  new KafkaError('MESSAGE_TOO_LARGE', `${codec} data decompresses to more than ${maxBytes} bytes`)
