/**
 * What partitions need done in the background: retention, compaction, expiry of producers, checkpoints. One piece of work
 * at a time; on the broker's clock, or when asked for.
 */
import type { Logger } from 'pino'
import { KafkaError } from '../../../protocol/errors.ts'
import { type Engine, LogGone } from '../../../storage/engine.ts'
import type { Cancel, Clock } from '../../clock.ts'
import type { Topic } from '../../cluster/topic.ts'
import type { Config } from '../../config/config.ts'
import { type Cleanable, clean, cleanableOf, isCleaningDue } from './cleaner.ts'
import { logIdOf, type Partition } from '../partition.ts'
import { retentionStart } from './retention.ts'
import { Slices } from './slices.ts'

/** How soon after the start the first round begins, ms: Kafka's `log.initial.task.delay.ms`. */
const INITIAL_DELAY_MS = 30_000

/** What the work is done on. */
export interface MaintenanceDeps {
  readonly engine: Engine
  readonly clock: Clock
  readonly logger: Logger
  readonly config: Config
  readonly topics: { topics(): Iterable<Topic> }
  readonly partitions: {
    find(topic: Topic, index: number): Partition | Promise<Partition>
    loaded(): Iterable<Partition>
  }
}

/** The background work of a broker's partitions. */
export class Maintenance {
  readonly #deps: MaintenanceDeps
  readonly #timers = new Map<string, Cancel>()
  #last: Promise<void> = Promise.resolve()
  #closed = false

  constructor(deps: MaintenanceDeps) {
    this.#deps = deps
  }

  start(): void {
    const { config } = this.#deps
    this.#repeat(
      'retention',
      INITIAL_DELAY_MS,
      () => config.get('log.retention.check.interval.ms'),
      async () => {
        await this.applyRetention()
        this.#expireProducers()
      },
    )
    this.#repeat(
      'cleaner',
      INITIAL_DELAY_MS,
      () => config.get('log.cleaner.backoff.ms'),
      () => this.#cleanDue(),
    )
  }

  /** Retention of all topics, now. */
  applyRetention(): Promise<void> {
    return this.#inTurn(() => this.#everyPartition(topic => topic.settings.cleanupDelete, this.#retain))
  }

  /** Compaction of all that can be compacted, now, the active segments too. */
  clean(): Promise<void> {
    return this.#inTurn(() =>
      this.#everyPartition(
        topic => topic.settings.cleanupCompact,
        async (topic, index) => {
          const partition = await this.#deps.partitions.find(topic, index)
          await partition.log.roll()
          await this.#compact(partition, async () => true)
        },
      ),
    )
  }

  /** Saves the partition's checkpoint soon. */
  checkpoint(partition: Partition): void {
    void this.#inTurn(() => this.#attempt(partition.name, () => partition.saveCheckpoint()))
  }

  /** Ends when what is under way has ended. */
  async close(): Promise<void> {
    this.#closed = true
    for (const cancel of this.#timers.values()) cancel()
    await this.#last
  }

  #cleanDue(): Promise<void> {
    if (!this.#deps.config.get('log.cleaner.enable')) return Promise.resolve()
    return this.#inTurn(() =>
      this.#everyPartition(
        topic => topic.settings.cleanupCompact,
        async (topic, index) => {
          const partition = await this.#deps.partitions.find(topic, index)
          await this.#compact(partition, cleanable => isCleaningDue(cleanable, partition, this.#deps.clock.now()))
          // As in Kafka, retention of a compacted topic is the cleaner's: it comes round far more often.
          if (topic.settings.cleanupDelete) await this.#retain(topic, index)
        },
      ),
    )
  }

  /** As many passes as the size of the offset map makes necessary. */
  async #compact(partition: Partition, isDue: (cleanable: Cleanable) => Promise<boolean>): Promise<void> {
    const { clock, logger, config } = this.#deps
    const mapBytes = config.get('log.cleaner.dedupe.buffer.size')
    for (let before = -1; before !== partition.folds.cleanedTo && !this.#closed; ) {
      before = partition.folds.cleanedTo
      const cleanable = await cleanableOf(partition, clock.now())
      if (cleanable === null || !(await isDue(cleanable))) return
      if (await clean(partition, cleanable, { clock, logger, mapBytes })) return
    }
  }

  readonly #retain = async (topic: Topic, index: number): Promise<void> => {
    const { engine, clock, partitions } = this.#deps
    const log = engine.log(logIdOf(topic.id, index))
    const { committed } = await log.bounds()
    const { segments } = await log.segments()
    const start = retentionStart(segments, committed, topic.settings, clock.now())
    if (start < 0) return
    const partition = await partitions.find(topic, index)
    if (start === segments.at(-1)!.end) await log.roll()
    await partition.trim(start)
  }

  #expireProducers(): void {
    const before = this.#deps.clock.now() - this.#deps.config.get('producer.id.expiration.ms')
    for (const { folds } of this.#deps.partitions.loaded())
      folds.producers.expire(before, id => folds.transactions.openedAt(id) >= 0)
  }

  async #everyPartition(
    wanted: (topic: Topic) => boolean,
    work: (topic: Topic, index: number) => Promise<void>,
  ): Promise<void> {
    const slices = new Slices(this.#deps.clock)
    for (const topic of [...this.#deps.topics.topics()].filter(wanted))
      for (let index = 0; index < topic.partitions.length && !this.#closed; index++) {
        await this.#attempt(`${topic.name}-${index}`, () => work(topic, index))
        if (slices.over) await slices.breathe()
      }
  }

  /** One partition's failure doesn't keep others from being served. */
  async #attempt(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      // Deleted, lost or failed meanwhile: said where it happened.
      if (error instanceof KafkaError || error instanceof LogGone) return
      this.#deps.logger.error({ err: error, partition: name }, 'background work on a partition failed')
    }
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(() => (this.#closed ? undefined : work()))
    this.#last = done.catch(() => {
      // The caller of `done` is told.
    })
    return done
  }

  #repeat(name: string, delayMs: number, intervalMs: () => number, work: () => Promise<void>): void {
    const cancel = this.#deps.clock.after(delayMs, () => {
      void work().finally(() => {
        if (!this.#closed) this.#repeat(name, intervalMs(), intervalMs, work)
      })
    })
    this.#timers.set(name, cancel)
  }
}
