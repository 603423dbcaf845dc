/**
 * What the benches of many partitions ask of a broker: topics, and whole requests over many of their partitions.
 */
import { RawClient } from '../broker/testing/raw-client.ts'
import { CreateTopics } from '../protocol/messages/create-topics.ts'
import { Fetch } from '../protocol/messages/fetch.ts'
import { Metadata } from '../protocol/messages/metadata.ts'
import { Produce } from '../protocol/messages/produce.ts'

/** A partition: topic and index. */
export type Target = readonly [topic: string, index: number]

/** All partitions of the topics, in order. */
export const targetsOf = (topics: readonly string[], partitions: number): Target[] =>
  topics.flatMap(topic => Array.from({ length: partitions }, (_, index) => [topic, index] as const))

/** A connection. Every method throws when anything is refused. */
export class PartitionsClient {
  readonly #client: RawClient

  private constructor(client: RawClient) {
    this.#client = client
  }

  /** @param address `host:port` */
  static async connect(address: string): Promise<PartitionsClient> {
    return new PartitionsClient(await RawClient.connect(address))
  }

  async create(names: readonly string[], numPartitions: number): Promise<void> {
    const topics = names.map(name => ({ name, numPartitions, replicationFactor: 1, assignments: [], configs: [] }))
    const answer = await this.#client.request(CreateTopics, 5, { topics, timeoutMs: 600_000 })
    for (const { errorCode } of answer.topics) must(errorCode)
  }

  /** Metadata of all topics; how many partitions that are. */
  async metadata(): Promise<number> {
    const flags = { includeClusterAuthorizedOperations: false, includeTopicAuthorizedOperations: false }
    const answer = await this.#client.request(Metadata, 9, { topics: null, allowAutoTopicCreation: false, ...flags })
    return answer.topics.reduce((sum, { errorCode, partitions }) => sum + must(errorCode) + partitions.length, 0)
  }

  /** The same batch to each, in one request. */
  async produce(targets: readonly Target[], records: Buffer): Promise<void> {
    const topicData = byTopic(targets).map(([name, indexes]) => ({
      name,
      partitionData: indexes.map(index => ({ index, records: [records] })),
    }))
    const answer = await this.#client.request(Produce, 9, { acks: -1, timeoutMs: 60_000, topicData })
    for (const { partitionResponses } of answer.responses)
      for (const { errorCode } of partitionResponses) must(errorCode)
  }

  /** From offset 0 of each, in one request; how many of them gave records. */
  async fetch(targets: readonly Target[], partitionMaxBytes = 65_536): Promise<number> {
    const topics = byTopic(targets).map(([topic, indexes]) => ({
      topic,
      partitions: indexes.map(partition => ({ partition, fetchOffset: 0, partitionMaxBytes })),
    }))
    const answer = await this.#client.request(Fetch, 12, { maxWaitMs: 100, minBytes: 1, maxBytes: 50 << 20, topics })
    const partitions = answer.responses.flatMap(response => response.partitions)
    return partitions.filter(({ errorCode, records }) => must(errorCode) === 0 && (records ?? []).length > 0).length
  }

  close(): Promise<void> {
    return this.#client.close()
  }
}

const must = (errorCode: number): 0 => {
  if (errorCode !== 0) throw new Error(`the broker refused with error ${errorCode}`)
  return 0
}

const byTopic = (targets: readonly Target[]): [topic: string, indexes: number[]][] => {
  const indexes = new Map<string, number[]>()
  for (const [topic, index] of targets) {
    const known = indexes.get(topic)
    if (known === undefined) indexes.set(topic, [index])
    else known.push(index)
  }
  return [...indexes]
}
