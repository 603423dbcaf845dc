import { codeOf } from '../../protocol/errors.ts'
import { DescribeLogDirs } from '../../protocol/messages/describe-log-dirs.ts'
import type { RequestOf } from '../../protocol/schema/notation.ts'
import { LogGone } from '../../storage/engine.ts'
import type { Broker } from '../broker.ts'
import type { Topic } from '../cluster/topic.ts'
import { logIdOf } from '../partition/partition.ts'
import { handler } from './handler.ts'

/** The partitions asked for, by topic and each once; what isn't there is left out, as in Kafka. */
const askedPartitions = (
  { topics }: RequestOf<typeof DescribeLogDirs>,
  { cluster }: Broker,
): { readonly topic: Topic; readonly indexes: readonly number[] }[] => {
  if (topics === null) return Array.from(cluster.topics(), topic => ({ topic, indexes: [...topic.partitions.keys()] }))
  const asked = new Map<Topic, Set<number>>()
  for (const { topic: name, partitions } of topics) {
    const topic = cluster.topic(name)
    if (topic === undefined) continue
    const there = partitions.filter(index => topic.partitions[index] !== undefined)
    asked.set(topic, new Set([...(asked.get(topic) ?? []), ...there]))
  }
  return Array.from(asked, ([topic, indexes]) => ({ topic, indexes: [...indexes] }))
}

const sizeOf = async ({ engine }: Broker, topic: Topic, index: number): Promise<number | null> => {
  try {
    return await engine.log(logIdOf(topic.id, index)).sizeBytes()
  } catch (error) {
    if (error instanceof LogGone) return null // deleted since it was asked for
    throw error
  }
}

/** DescribeLogDirs: the one place where the engine keeps its logs, and their sizes. */
export const describeLogDirs = handler(DescribeLogDirs, {
  async handle(request, _context, broker) {
    const { path, totalBytes, usableBytes } = await broker.engine.location()
    const topics = []
    for (const { topic, indexes } of askedPartitions(request, broker)) {
      const partitions = []
      for (const partitionIndex of indexes) {
        const partitionSize = await sizeOf(broker, topic, partitionIndex)
        if (partitionSize !== null) {
          partitions.push({ partitionIndex, partitionSize, offsetLag: 0, isFutureKey: false })
        }
      }
      if (partitions.length > 0) topics.push({ name: topic.name, partitions })
    }
    return {
      throttleTimeMs: 0,
      results: [{ errorCode: codeOf('NONE'), logDir: path, topics, totalBytes, usableBytes }],
    }
  },
  refuse: (_request, { code }) => ({ throttleTimeMs: 0, errorCode: code, results: [] }),
})
