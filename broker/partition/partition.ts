/**
 * One partition that this broker leads: the rules of Kafka over one log of the engine. Offsets are known at once; appends
 * go through the queue; reads come from the engine; folds and waiters follow what was appended.
 */
import type { Logger } from 'pino'
import type { ErrorName, KafkaError } from '../../protocol/errors.ts'
import type { Batch, Bounds, Engine, Log, Slice } from '../../storage/engine.ts'
import type { Clock } from '../clock.ts'
import type { Topic } from '../cluster/topic.ts'
import type { ShardLog } from '../coordinator/shard-log.ts'
import { checkReplicas } from './produce/append-checks.ts'
import type { AppendCaller, AppendOptions } from './produce/append-outcome.ts'
import { type AppendFailure, type AppendOwner, AppendQueue } from './append-queue.ts'
import type { Appender } from './appender.ts'
import { Extent } from './extent.ts'
import { Folds } from './folds/folds.ts'
import { PartitionShardLog } from './partition-shard-log.ts'
import { ProduceAppend, type ProduceOwner } from './produce/produce-append.ts'
import type { ProducerState } from './folds/producer-state.ts'
import type { TransactionState } from './folds/transaction-state.ts'
import type { Verification, Verifications } from './folds/verifications.ts'
import type { Verified } from './produce/transaction-checks.ts'
import { MarkerAppend, type PartitionMarker } from './transactions/marker-append.ts'
import { storageError } from './storage-error.ts'
import type { Isolation, Waiter } from './waiters.ts'

/** What partitions share. */
export interface PartitionDeps {
  readonly engine: Engine
  readonly appender: Appender
  readonly clock: Clock
  readonly logger: Logger
  /** So much was appended since the last checkpoint that it should be saved. */
  checkpointDue(partition: Partition): void
  /** The partition can't go on (its log failed or is gone): the next use loads it anew. */
  lost(partition: Partition): void
}

/** How much a read takes, and how far it sees. */
export interface PartitionRead {
  /** Most bytes of batches, see `atLeastOne`. */
  readonly maxBytes: number
  readonly isolation: Isolation
  /** The first batch is returned even if it alone is larger (KIP-74). */
  readonly atLeastOne: boolean
}

/** The log id of a topic's partition. */
export const logIdOf = (topicId: string, index: number): string => `data/${topicId}/${index}`

/** After so many bytes a checkpoint is saved: no start reads more of a partition. */
const CHECKPOINT_BYTES = 16 * 1024 * 1024

/** Up to this, to read them again at the next start takes less than to save a checkpoint at a stop: a thousandth of a second. */
const SOON_READ_BYTES = 256 * 1024

/** What a read at the end gives. */
const nothing = (from: number): Slice => ({ chunks: [], sizeBytes: 0, next: from, release: () => {} })

/** One partition in use. Offsets and folds are those of this moment; `lost` tells when it can't go on. */
export class Partition implements AppendOwner, ProduceOwner {
  readonly index: number
  readonly log: Log
  readonly folds: Folds
  readonly #deps: PartitionDeps
  readonly #queue: AppendQueue
  readonly #extent: Extent
  readonly #unwatch: () => void
  #topic: Topic
  #lostAs: KafkaError | null = null
  /** Bytes that were appended or replayed here, and how many of them a checkpoint has: a restart would have to read the others. */
  #seenBytes: number
  #checkpointedBytes = 0

  private constructor(deps: PartitionDeps, topic: Topic, index: number, log: Log, folds: Folds, bounds: Bounds) {
    this.index = index
    this.log = log
    this.folds = folds
    this.#deps = deps
    this.#topic = topic
    this.#seenBytes = folds.replayedBytes
    this.#extent = new Extent(bounds, folds.transactions, deps.clock)
    this.#queue = new AppendQueue(this, deps.appender)
    folds.epochs.assign(this.leaderEpoch, bounds.end)
    this.#unwatch = deps.engine.watch(log.id, heard => this.#hear(heard))
  }

  /** Reads what the log's folds need. Throws KafkaError UNKNOWN_TOPIC_OR_PARTITION if there is no log, KAFKA_STORAGE_ERROR if it fails. */
  static async load(deps: PartitionDeps, topic: Topic, index: number): Promise<Partition> {
    const log = deps.engine.log(logIdOf(topic.id, index))
    const name = `${topic.name}-${index}`
    const folds = new Folds(({ detail }) =>
      deps.logger.warn(
        { partition: name, damage: detail },
        'producers and transactions are known without what a damaged part of the log said',
      ),
    )
    try {
      await folds.restore(log)
      const partition = new Partition(deps, topic, index, log, folds, await log.bounds())
      if (folds.replayedBytes >= CHECKPOINT_BYTES) deps.checkpointDue(partition)
      return partition
    } catch (error) {
      throw storageError(error, deps.logger, name)
    }
  }

  /** The topic as it is now. */
  get topic(): Topic {
    return this.#topic
  }

  get name(): string {
    return `${this.#topic.name}-${this.index}`
  }

  get leaderEpoch(): number {
    return this.#topic.partitions[this.index]?.leaderEpoch ?? 0
  }

  get logStartOffset(): number {
    return this.#extent.start
  }

  get highWatermark(): number {
    return this.#extent.highWatermark
  }

  get logEndOffset(): number {
    return this.#extent.end
  }

  /** Where read_committed readers stop: below it every transaction is decided. */
  get lastStableOffset(): number {
    return this.#extent.lastStableOffset
  }

  get producers(): ProducerState {
    return this.folds.producers
  }

  get transactions(): TransactionState {
    return this.folds.transactions
  }

  get verifications(): Verifications {
    return this.folds.verifications
  }

  get end(): number {
    return this.folds.end
  }

  /** Delayed fetches that wait here. */
  get waiterCount(): number {
    return this.#extent.waiterCount
  }

  /** What a reader may see ends here. */
  readableEnd(isolation: Isolation): number {
    return this.#extent.readableEnd(isolation)
  }

  /** The topic's settings or leadership changed. */
  configure(topic: Topic): void {
    const epoch = this.leaderEpoch
    this.#topic = topic
    if (this.leaderEpoch === epoch) return
    this.folds.epochs.assign(this.leaderEpoch, this.#extent.end)
    this.#extent.disturb()
  }

  /**
   * Appends one batch that `validate` has seen, with other partitions' at the end of this turn of the loop. The batch is
   * the partition's from here on. `caller.appended(slot, …)` is called once. Throws as `checkReplicas`, for acks −1.
   * @param verified how a transactional batch comes, null for any other
   */
  append(records: Buffer, options: AppendOptions, caller: AppendCaller, slot: number, verified: Verified = null): void {
    if (options.acks === -1) checkReplicas(this)
    this.#queue.push(new ProduceAppend(this, records, options, caller, slot, verified))
  }

  /**
   * Before the coordinator is asked about a producer's first batch of a transaction: what `append` wants to be shown with
   * it. Null where the transaction is open here: then nobody needs to be asked.
   */
  verify(
    producerId: number,
    producerEpoch: number,
    sequence: number,
    epochPerTransaction: boolean,
  ): Verification | null {
    const { producers, transactions, verifications } = this.folds
    const ongoing = transactions.openedAt(producerId) >= 0 && producers.get(producerId)?.epoch === producerEpoch
    return ongoing ? null : verifications.begin(producerId, producerEpoch, sequence, epochPerTransaction)
  }

  /**
   * Ends a producer's transaction. Resolves to NONE when the marker is below the high watermark, else to why nothing was
   * appended: those of `ProducerState.markerError` and `appendFailures`; REQUEST_TIMED_OUT where that isn't known. Throws
   * as `checkReplicas`.
   * @param timeoutMs how long it waits for the high watermark
   */
  mark(marker: PartitionMarker, timeoutMs: number): Promise<ErrorName> {
    checkReplicas(this)
    const appendTime = this.#topic.settings.messageTimestampType === 'LogAppendTime'
    const options = { nowMs: this.#deps.clock.now(), appendTime, timeoutMs }
    return new Promise(resolve => this.#queue.push(new MarkerAppend(this, marker, options, resolve)))
  }

  /** The log for a coordinator: its appends go through the same queue, and wake the topic's readers. */
  shardLog(): ShardLog {
    return new PartitionShardLog(this, this.#queue)
  }

  /**
   * Batches from the one that holds `from` on, below the high watermark or last stable offset. The caller releases the
   * slice. Throws (or rejects with) KafkaError KAFKA_STORAGE_ERROR or UNKNOWN_TOPIC_OR_PARTITION.
   */
  read(from: number, { maxBytes, isolation, atLeastOne }: PartitionRead): Slice | Promise<Slice> {
    const before = this.readableEnd(isolation)
    if (from >= before) return nothing(from)
    try {
      const slice = this.log.read(from, { maxBytes, before, atLeastOne })
      return slice instanceof Promise ? slice.catch((error: unknown) => this.#refuse(error)) : slice
    } catch (error) {
      return this.#refuse(error)
    }
  }

  /** What `work` on the log gives; an engine's failure becomes the KafkaError that clients are told. */
  async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      return this.#refuse(error)
    }
  }

  /** Is told of what becomes readable, until `unwatch`. */
  watch(waiter: Waiter): void {
    this.#extent.watch(waiter)
  }

  unwatch(waiter: Waiter): void {
    this.#extent.unwatch(waiter)
  }

  whenCommitted(offset: number, timeoutMs: number, reached: (lost: KafkaError | null) => void, late: () => void): void {
    if (this.#lostAs !== null) reached(this.#lostAs)
    else this.#extent.whenCommitted(offset, timeoutMs, reached, late)
  }

  /** Raises the log start (DeleteRecords, retention), durably; nothing happens if it is there already. Returns the log start. */
  async trim(start: number): Promise<number> {
    if (start > this.#extent.start)
      await this.guarded(async () => {
        // What the folds know of the offsets that go can't be read again.
        await this.saveCheckpoint()
        const bounds = await this.log.trim(start)
        this.folds.trim(bounds.start)
        this.#extent.moveTo(bounds, 0)
      })
    return this.#extent.start
  }

  /** Whether the newest checkpoint lacks so much that it should be saved at a stop. */
  get needsCheckpoint(): boolean {
    return this.#seenBytes - this.#checkpointedBytes > SOON_READ_BYTES
  }

  /** Saves what a restart needs not read again. */
  async saveCheckpoint(): Promise<void> {
    const bytes = this.#seenBytes
    await this.log.saveCheckpoint(this.folds.checkpoint())
    this.#checkpointedBytes = Math.max(this.#checkpointedBytes, bytes)
  }

  follow(batches: readonly Batch[]): void {
    let bytes = 0
    for (const appended of batches) {
      this.folds.apply(appended.bytes, 0)
      bytes += appended.bytes.length
    }
    const before = this.#seenBytes - this.#checkpointedBytes
    if (before < CHECKPOINT_BYTES && before + bytes >= CHECKPOINT_BYTES) this.#deps.checkpointDue(this)
    this.#seenBytes += bytes
    this.#refreshBounds(bytes)
  }

  async catchUp(): Promise<void> {
    try {
      await this.folds.replay(this.log)
      // How many bytes isn't known: whoever waits looks for himself.
      this.#extent.moveTo(await this.log.bounds(), Number.MAX_SAFE_INTEGER)
    } catch (error) {
      this.#fail(error)
      throw error
    }
  }

  /** Ends everything that waits; nothing works any more. */
  lose(error: KafkaError, failure: AppendFailure = 'closed'): void {
    if (this.#lostAs !== null) return
    this.#lostAs = error
    this.#unwatch()
    this.#queue.close(failure)
    this.#extent.lose(error)
  }

  /** Where the engine can't say at once how far replicas are, the high watermark follows when it does. */
  #refreshBounds(appendedBytes: number): void {
    try {
      const bounds = this.log.bounds()
      if (!(bounds instanceof Promise)) return this.#extent.moveTo(bounds, appendedBytes)
      this.#extent.moveTo({ start: 0, committed: 0, end: this.folds.end }, appendedBytes)
      bounds.then(
        settled => this.#extent.moveTo(settled, 0),
        (error: unknown) => this.#fail(error),
      )
    } catch (error) {
      // Deleted since it took the append.
      this.#fail(error)
    }
  }

  /** Another process appended, or replicas caught up. */
  #hear(bounds: Bounds): void {
    if (bounds.end <= this.folds.end) this.#extent.moveTo(bounds, 0)
    else this.#queue.catchUp()
  }

  #fail(cause: unknown): void {
    this.lose(storageError(cause, this.#deps.logger, this.name))
    this.#deps.lost(this)
  }

  #refuse(cause: unknown): never {
    throw storageError(cause, this.#deps.logger, this.name)
  }
}
