/**
 * For tests: a data directory as Kafka 4.3 leaves it, out of what a test says of it.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildBatch, type NewBatch } from '../../../protocol/records/build.ts'
import { encodeMessage } from '../../../protocol/schema/codec.ts'
import type { Message } from '../../../protocol/schema/notation.ts'
import * as kraft from '../../../protocol/state/kraft-metadata.ts'

/** A partition: segments of batches, each beginning where the batches before it end. */
export interface FixturePartition {
  readonly segments: readonly (readonly Buffer[])[]
  /** In `log-start-offset-checkpoint`. */
  readonly start?: number
  /** Other files of its directory, by name. */
  readonly files?: Readonly<Record<string, Buffer | string>>
}

/** A topic. */
export interface FixtureTopic {
  readonly name: string
  readonly id: string
  readonly config?: Readonly<Record<string, string>>
  readonly leaderEpoch?: number
  readonly isr?: readonly number[]
  readonly eligible?: readonly number[]
  readonly partitions: readonly FixturePartition[]
}

/** A directory. */
export interface FixtureDirectory {
  readonly topics: readonly FixtureTopic[]
  readonly nodeId?: number
  /** Default: there is one, and says what the topics say. Null: there is none. */
  readonly metadata?: readonly Buffer[] | null
  /** Default: true. */
  readonly clean?: boolean
  /** Files at the top, by name. */
  readonly files?: Readonly<Record<string, string>>
}

/** `count` records from `baseOffset` on, one batch. */
export const someRecords = (baseOffset: number, count: number, more: Partial<NewBatch> = {}): Buffer =>
  buildBatch({
    records: Array.from({ length: count }, (_, index) => ({
      timestamp: 1_700_000_000_000 + baseOffset + index,
      key: Buffer.from(`k${index}`),
      value: Buffer.from(`value ${baseOffset + index}`),
    })),
    baseOffset,
    leaderEpoch: 3,
    ...more,
  })

/** A record of the metadata log, in its frame. */
export const framed = (message: Message, version: number, value: object): Buffer =>
  Buffer.concat([Buffer.from([1, message.key!, version]), encodeMessage(message, version, value)])

/** A batch of the metadata log. */
export const metadataBatch = (baseOffset: number, values: readonly Buffer[]): Buffer =>
  buildBatch({ records: values.map(value => ({ timestamp: 1, value })), baseOffset, leaderEpoch: 1 })

/** The records that say what a topic says. */
export const recordsOfTopic = (topic: FixtureTopic): Buffer[] => {
  const { name, id: topicId, config = {}, leaderEpoch = 3, isr = [1], eligible = [] } = topic
  const states = topic.partitions.map((_, partitionId) => ({
    ...{ partitionId, topicId, replicas: [1], isr: [...isr], removingReplicas: [], addingReplicas: [] },
    ...{ leader: isr[0] ?? -1, leaderEpoch, partitionEpoch: 1, directories: [], eligibleLeaderReplicas: [...eligible] },
  }))
  return [
    framed(kraft.TopicRecord, 0, { name, topicId }),
    ...states.map(state => framed(kraft.PartitionRecord, 2, state)),
    ...Object.entries(config).map(([key, value]) =>
      framed(kraft.ConfigRecord, 0, { resourceType: 2, resourceName: name, name: key, value }),
    ),
  ]
}

const offsetName = (offset: number): string => String(offset).padStart(20, '0')

/** Writes the directory, which must not be there. */
export const writeKafkaDirectory = (path: string, given: FixtureDirectory): void => {
  const { topics, nodeId = 1, clean = true } = given
  mkdirSync(path)
  const meta = { 'node.id': nodeId, 'directory.id': '3N1llFgOjoEMfoCfwRmIbw', version: 1, 'cluster.id': 'fixture' }
  const lines = Object.entries(meta).map(([key, value]) => `${key}=${value}\n`)
  writeFileSync(join(path, 'meta.properties'), `#\n#Sun Nov 22 09:20:47 UTC 2026\n${lines.join('')}`)
  writeFileSync(join(path, '.lock'), '')
  if (clean) writeFileSync(join(path, '.kafka_cleanshutdown'), '{"version":0,"brokerEpoch":9}')
  const metadata = given.metadata ?? topics.flatMap(recordsOfTopic)
  if (given.metadata !== null) {
    mkdirSync(join(path, '__cluster_metadata-0'))
    writeFileSync(join(path, '__cluster_metadata-0', `${offsetName(0)}.log`), metadataBatch(0, metadata))
  }
  const starts: string[] = []
  for (const { name, id, partitions } of topics)
    for (const [index, partition] of partitions.entries()) {
      writeLog(join(path, `${name}-${index}`), id, partition)
      if (partition.start !== undefined) starts.push(`${name} ${index} ${partition.start}\n`)
    }
  writeFileSync(join(path, 'log-start-offset-checkpoint'), `0\n${starts.length}\n${starts.join('')}`)
  for (const [name, text] of Object.entries(given.files ?? {})) writeFileSync(join(path, name), text)
}

const writeLog = (path: string, id: string, { segments, files = {} }: FixturePartition): void => {
  mkdirSync(path)
  writeFileSync(join(path, 'partition.metadata'), `version: 0\ntopic_id: ${id}`)
  for (const batches of segments) {
    const start = batches[0] === undefined ? 0 : Number(batches[0].readBigInt64BE(0))
    writeFileSync(join(path, `${offsetName(start)}.log`), Buffer.concat(batches))
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content)
}
