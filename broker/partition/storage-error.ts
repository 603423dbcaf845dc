/**
 * What a client is told when the engine fails.
 */
import type { Logger } from 'pino'
import { KafkaError } from '../../protocol/errors.ts'
import { LogGone } from '../../storage/engine.ts'

/**
 * The KafkaError for what an engine threw: UNKNOWN_TOPIC_OR_PARTITION for a deleted log, else KAFKA_STORAGE_ERROR, with the
 * cause in the log. A KafkaError stays what it is.
 * @param name the partition, `<topic>-<index>`.
 */
export const storageError = (cause: unknown, logger: Logger, name: string): KafkaError => {
  if (cause instanceof KafkaError) return cause
  if (cause instanceof LogGone) return new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `${name} was deleted`)
  logger.error({ err: cause, partition: name }, 'the storage engine failed')
  return new KafkaError('KAFKA_STORAGE_ERROR', `the storage engine failed on ${name}`)
}
