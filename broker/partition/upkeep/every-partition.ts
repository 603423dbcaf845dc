/**
 * Rounds of background work over partitions, in which others have their turn and one partition's failure doesn't keep the rest from being served.
 */
import type { Logger } from 'pino'
import { KafkaError } from '../../../protocol/errors.ts'
import { LogGone } from '../../../storage/engine.ts'
import type { Clock } from '../../clock.ts'
import type { Topic } from '../../cluster/topic.ts'
import { Slices } from './slices.ts'

/** What a round needs. */
export interface RoundDeps {
  readonly clock: Clock
  readonly logger: Logger
  readonly topics: { topics(): Iterable<Topic> }
}

/** A round. */
export interface Round {
  /** In words, for the log. */
  readonly what: string
  /** The topics that it is about. */
  wanted(settings: Topic['settings']): boolean
  /** Asked before each partition. */
  ended(): boolean
  work(topic: Topic, index: number): Promise<void>
}

/** Does the round's work for the partitions of all topics that it wants, one after the other. Never rejects for a failure of the work. */
export const everyPartition = async (deps: RoundDeps, { what, wanted, ended, work }: Round): Promise<void> => {
  const slices = new Slices(deps.clock)
  for (const topic of [...deps.topics.topics()].filter(({ settings }) => wanted(settings)))
    for (let index = 0; index < topic.partitions.length && !ended(); index++) {
      await attempt(deps, what, `${topic.name}-${index}`, () => work(topic, index))
      if (slices.over) await slices.breathe()
    }
}

/** Does the work; a failure is told to the operator, unless it was told where it happened. @param name of the partition */
export const attempt = async (
  { logger }: Pick<RoundDeps, 'logger'>,
  what: string,
  name: string,
  work: () => Promise<void>,
): Promise<void> => {
  try {
    await work()
  } catch (error) {
    // Deleted, lost or failed meanwhile.
    if (error instanceof KafkaError || error instanceof LogGone) return
    logger.error({ err: error, partition: name }, `${what} failed`)
  }
}
