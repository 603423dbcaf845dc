/**
 * The broker's log level as Kafka shows loggers (KIP-412): one logger, `root`. A change lasts as long as the process.
 */
import type { Logger } from 'pino'
import { KafkaError } from '../../protocol/errors.ts'
import { configSources } from '../config/config.ts'
import type { DescribedSetting } from '../config/described-settings.ts'
import { type ConfigChange, configOperations } from './config-decisions.ts'

const levels = ['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE']

/** The loggers there are. */
export const describeLoggers = (logger: Pick<Logger, 'level'>): DescribedSetting[] => [
  {
    name: 'root',
    value: logger.level === 'silent' ? 'OFF' : logger.level.toUpperCase(),
    source: configSources.LOGGER,
    readOnly: false,
    sensitive: false,
    synonyms: [],
    type: 0,
    documentation: '',
  },
]

/** Sets levels. Throws INVALID_CONFIG or INVALID_REQUEST, and then nothing changed. */
export const alterLoggers = (
  logger: Pick<Logger, 'level'>,
  changes: readonly ConfigChange[],
  validateOnly: boolean,
): void => {
  for (const { name, operation, value } of changes) {
    if (name !== 'root') throw new KafkaError('INVALID_CONFIG', `Logger ${name} does not exist!`)
    if (operation !== configOperations.SET) {
      throw new KafkaError('INVALID_REQUEST', `The level of ${name} can be SET, and nothing else`)
    }
    if (value === null || !levels.includes(value)) {
      throw new KafkaError('INVALID_CONFIG', `${value} is not a log level; there are ${levels.join(', ')}`)
    }
  }
  if (validateOnly) return
  for (const { value } of changes) logger.level = value!.toLowerCase()
}
