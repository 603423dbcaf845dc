/**
 * Makes the logs agree with the metadata after a start: a broker may have died between the two.
 */
import type { Logger } from 'pino'
import type { Engine } from '../../storage/engine.ts'
import type { PartitionHost } from './partition-host.ts'
import type { Topic } from './topic.ts'

/** What is to agree with what. */
export interface Settling {
  readonly engine: Engine
  readonly host: PartitionHost
  readonly logger: Logger
  readonly topics: readonly Topic[]
}

/** Deletes logs of no topic, makes the missing logs of topics, and tells the host of every topic. */
export const settleLogs = async ({ engine, host, logger, topics }: Settling): Promise<void> => {
  const wanted = new Set(topics.flatMap(({ id, partitions }) => partitions.map((_, index) => `data/${id}/${index}`)))
  const present = new Set<string>()
  for await (const id of engine.logs('data/')) present.add(id)
  for (const id of present) {
    if (wanted.has(id)) continue
    logger.warn({ log: id }, 'deleting a log that belongs to no topic')
    await engine.deleteLog(id)
  }
  for (const topic of topics) {
    const missing = topic.partitions.findIndex((_, index) => !present.has(`data/${topic.id}/${index}`))
    if (missing >= 0) await host.create(topic, missing)
    else host.configure(topic)
  }
}

/** For a cluster without metadata yet: rejects if there are logs, whose metadata must then have been lost. */
export const refuseOrphans = async (engine: Engine): Promise<void> => {
  for await (const id of engine.logs('data/')) {
    throw new Error(`there are logs of topics (${id}), and the cluster's metadata is missing; nothing was changed`)
  }
}
