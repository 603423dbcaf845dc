/**
 * The partitions that this broker leads: found by requests, made and deleted by the cluster, loaded at their first use.
 */
import type { Logger } from 'pino'
import { KafkaError } from '../../protocol/errors.ts'
import type { Engine, LogOptions } from '../../storage/engine.ts'
import type { Clock } from '../clock.ts'
import type { PartitionHost } from '../cluster/partition-host.ts'
import type { Topic } from '../cluster/topic.ts'
import type { Config } from '../config/config.ts'
import { Appender } from './appender.ts'
import { Maintenance } from './upkeep/maintenance.ts'
import { logIdOf, Partition, type PartitionDeps } from './partition.ts'
import { segmentAgeMs } from './segment-age.ts'

/** What the partitions are built on. */
export interface PartitionsDeps {
  readonly engine: Engine
  readonly clock: Clock
  readonly logger: Logger
  readonly config: Config
  readonly nodeId: number
  /** The cluster's topics, by their current snapshots. */
  readonly topics: { topicById(id: string): Topic | undefined; topics(): Iterable<Topic> }
}

/** All partitions of a broker. */
export class Partitions implements PartitionHost {
  readonly #deps: PartitionsDeps
  readonly #partitionDeps: PartitionDeps
  readonly #maintenance: Maintenance
  /** By topic id, then index. */
  readonly #found = new Map<string, (Partition | Promise<Partition> | undefined)[]>()
  #closed = false

  constructor(deps: PartitionsDeps) {
    this.#deps = deps
    const { engine, clock, logger } = deps
    this.#partitionDeps = {
      engine,
      clock,
      logger,
      appender: new Appender(engine),
      checkpointDue: partition => this.#maintenance.checkpoint(partition),
      lost: partition => this.#forget(partition.topic.id, partition.index, partition),
    }
    this.#maintenance = new Maintenance({ ...deps, partitions: this })
  }

  /** Begins background work: retention, compaction, expiry of producers. Until then (and in tests) it runs on demand only. */
  start(): void {
    this.#maintenance.start()
  }

  /**
   * The partition, at once if it was used before. Throws (or rejects with) KafkaError UNKNOWN_TOPIC_OR_PARTITION,
   * NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR.
   */
  find(topic: Topic, index: number): Partition | Promise<Partition> {
    const found = this.#found.get(topic.id)?.[index]
    if (found !== undefined) return found
    const state = topic.partitions[index]
    if (state === undefined)
      throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `${topic.name} has ${topic.partitions.length} partitions`)
    if (state.leader !== this.#deps.nodeId || this.#closed)
      throw new KafkaError('NOT_LEADER_OR_FOLLOWER', `${topic.name}-${index} is led by broker ${state.leader}`)
    return this.#load(topic, index)
  }

  /** The partitions in use, loaded ones only. */
  *loaded(): Generator<Partition> {
    for (const partitions of this.#found.values())
      for (const partition of partitions) if (partition instanceof Partition) yield partition
  }

  async create(topic: Topic, fromIndex: number): Promise<void> {
    const created: Promise<boolean>[] = []
    for (let index = fromIndex; index < topic.partitions.length; index++)
      created.push(this.#deps.engine.createLog(logIdOf(topic.id, index), logOptionsOf(topic, index)))
    await Promise.all(created)
    this.configure(topic)
  }

  async delete(topic: Topic): Promise<void> {
    const found = this.#found.get(topic.id) ?? []
    this.#found.delete(topic.id)
    const deleted = new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `${topic.name} was deleted`)
    for (const partition of found) {
      if (partition instanceof Promise)
        partition.then(
          loaded => loaded.lose(deleted, 'gone'),
          () => {
            // It couldn't be loaded: whoever asked for it was told.
          },
        )
      else partition?.lose(deleted, 'gone')
    }
    // Together, since they can share what they wait for.
    await Promise.all(topic.partitions.map((_, index) => this.#deps.engine.deleteLog(logIdOf(topic.id, index))))
  }

  configure(topic: Topic): void {
    const found = this.#found.get(topic.id)
    for (let index = 0; index < topic.partitions.length; index++) {
      this.#deps.engine.log(logIdOf(topic.id, index)).configure(logOptionsOf(topic, index))
      const partition = found?.[index]
      if (!(partition instanceof Partition)) continue
      partition.configure(topic)
      if (topic.partitions[index]!.leader === this.#deps.nodeId) continue
      this.#forget(topic.id, index, partition)
      partition.lose(new KafkaError('NOT_LEADER_OR_FOLLOWER', `${partition.name} has another leader`))
    }
  }

  /** Drops what `retention.ms`, `retention.bytes` and the log start allow, of all topics with the policy delete. Now, instead of at the next check. */
  applyRetention(): Promise<void> {
    return this.#maintenance.applyRetention()
  }

  /** Compacts all topics with the policy compact, whatever their dirty ratio. Now, instead of when the cleaner comes to it. */
  clean(): Promise<void> {
    return this.#maintenance.clean()
  }

  /** Ends background work and all that waits, and saves checkpoints. The engine stays open. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#maintenance.close()
    const closing = new KafkaError('NOT_LEADER_OR_FOLLOWER', 'the broker is stopping')
    const loaded = [...this.loaded()]
    this.#found.clear()
    for (const partition of loaded) partition.lose(closing)
    // Together, since each waits for the disk: a stop shouldn't take longer with every partition.
    await Promise.all(
      loaded.filter(({ needsCheckpoint }) => needsCheckpoint).map(partition => this.#checkpoint(partition)),
    )
  }

  async #checkpoint(partition: Partition): Promise<void> {
    try {
      await partition.saveCheckpoint()
    } catch (error) {
      // The next start reads the log instead.
      this.#deps.logger.warn({ err: error, partition: partition.name }, 'could not save a checkpoint')
    }
  }

  #load(topic: Topic, index: number): Promise<Partition> {
    let partitions = this.#found.get(topic.id)
    if (partitions === undefined) {
      partitions = []
      this.#found.set(topic.id, partitions)
    }
    const loading = Partition.load(this.#partitionDeps, topic, index).then(
      partition => {
        const current = this.#deps.topics.topicById(topic.id)
        if (current !== undefined) partition.configure(current)
        if (this.#found.get(topic.id)?.[index] === loading) this.#found.get(topic.id)![index] = partition
        return partition
      },
      (error: unknown) => {
        this.#forget(topic.id, index, loading)
        throw error
      },
    )
    partitions[index] = loading
    return loading
  }

  #forget(topicId: string, index: number, partition: Partition | Promise<Partition>): void {
    const partitions = this.#found.get(topicId)
    if (partitions?.[index] === partition) partitions[index] = undefined
  }
}

const logOptionsOf = (topic: Topic, index: number): LogOptions => {
  const { segmentBytes, indexIntervalBytes, segmentIndexBytes, flushMessages, flushMs } = topic.settings
  return {
    name: `${topic.name}-${index}`,
    segmentBytes,
    segmentMs: segmentAgeMs(topic, index),
    indexIntervalBytes,
    segmentIndexBytes,
    flushMessages,
    flushMs,
  }
}
