/**
 * For tests: a host of partitions that makes logs and writes down what it was asked.
 */
import type { Engine } from '../../storage/engine.ts'
import type { PartitionHost } from '../cluster/partition-host.ts'
import type { Topic } from '../cluster/topic.ts'

const options = {
  name: 'test',
  segmentBytes: 1 << 20,
  segmentMs: 1 << 30,
  indexIntervalBytes: 4096,
  segmentIndexBytes: 1 << 20,
  flushMessages: 1,
  flushMs: 1,
}

export class FakeHost implements PartitionHost {
  readonly asked: string[] = []
  /** The last snapshot given, by topic id. */
  readonly topics = new Map<string, Topic>()
  /** Set: the next `create` fails with it. */
  failure: Error | null = null
  readonly #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  async create(topic: Topic, fromIndex: number): Promise<void> {
    this.asked.push(`create ${topic.name} ${fromIndex}-${topic.partitions.length}`)
    const { failure } = this
    this.failure = null
    if (failure !== null) throw failure
    this.topics.set(topic.id, topic)
    for (let index = fromIndex; index < topic.partitions.length; index++) {
      await this.#engine.createLog(`data/${topic.id}/${index}`, options)
    }
  }

  async delete(topic: Topic): Promise<void> {
    this.asked.push(`delete ${topic.name}`)
    this.topics.delete(topic.id)
    for (const index of topic.partitions.keys()) await this.#engine.deleteLog(`data/${topic.id}/${index}`)
  }

  configure(topic: Topic): void {
    this.asked.push(`configure ${topic.name}`)
    this.topics.set(topic.id, topic)
  }
}
