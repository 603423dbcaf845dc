/**
 * What partitions need done in the background: retention, expiry of producers, checkpoints, one piece of work at a time; and, beside these,
 * compaction. On the broker's clock, or when asked for.
 */
import type { Logger } from 'pino'
import type { Engine } from '../../../storage/engine.ts'
import type { Cancel, Clock } from '../../clock.ts'
import type { Topic } from '../../cluster/topic.ts'
import type { Config } from '../../config/config.ts'
import { logIdOf, type Partition } from '../partition.ts'
import { Compaction } from './compaction.ts'
import { attempt, everyPartition } from './every-partition.ts'
import { retentionStart } from './retention.ts'

/** How soon after the start the first round of retention begins, ms: Kafka's `log.initial.task.delay.ms`. */
const INITIAL_DELAY_MS = 30_000
const WHAT = 'background work on a partition'

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

/** Pieces of work, one after the other. */
class Lane {
  #last: Promise<void> = Promise.resolve()
  #closed = false

  /** Runs the work in its turn; nothing happens when the lane was closed by then. */
  run(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(() => (this.#closed ? undefined : work()))
    this.#last = done.catch(() => {
      // The caller of `done` is told.
    })
    return done
  }

  /** Nothing begins any more; resolves when what is under way has ended. */
  close(): Promise<void> {
    this.#closed = true
    return this.#last
  }
}

/** The background work of a broker's partitions. */
export class Maintenance {
  readonly #deps: MaintenanceDeps
  readonly #compaction: Compaction
  readonly #timers = new Map<string, Cancel>()
  readonly #upkeep = new Lane()
  readonly #cleaning = new Lane()
  #closed = false

  constructor(deps: MaintenanceDeps) {
    this.#deps = deps
    this.#compaction = new Compaction(deps)
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
      // Kafka's cleaner doesn't wait for the other tasks.
      config.get('log.cleaner.backoff.ms'),
      () => config.get('log.cleaner.backoff.ms'),
      async () => {
        await this.#cleaning.run(() => this.#compaction.cleanDue())
        // As in Kafka, retention of a compacted topic is the cleaner's: it comes round far more often.
        await this.#retainWhere(({ cleanupCompact, cleanupDelete }) => cleanupCompact && cleanupDelete)
      },
    )
  }

  /** Retention of all topics, now. */
  applyRetention(): Promise<void> {
    return this.#retainWhere(({ cleanupDelete }) => cleanupDelete)
  }

  /** Compaction of all that can be compacted, now, the active segments too. */
  clean(): Promise<void> {
    return this.#cleaning.run(() => this.#compaction.cleanEverything())
  }

  /** Saves the partition's checkpoint soon. */
  checkpoint(partition: Partition): void {
    void this.#upkeep.run(() => attempt(this.#deps, WHAT, partition.name, () => partition.saveCheckpoint()))
  }

  /** Resolves when what is under way has ended: soon, as compactions are given up. */
  async close(): Promise<void> {
    this.#closed = true
    for (const cancel of this.#timers.values()) cancel()
    this.#compaction.stop()
    await Promise.all([this.#upkeep.close(), this.#cleaning.close()])
  }

  #retainWhere(wanted: (settings: Topic['settings']) => boolean): Promise<void> {
    const round = { what: WHAT, wanted, ended: () => this.#closed }
    return this.#upkeep.run(() =>
      everyPartition(this.#deps, { ...round, work: (topic, index) => this.#retain(topic, index) }),
    )
  }

  async #retain(topic: Topic, index: number): Promise<void> {
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

  #repeat(name: string, delayMs: number, intervalMs: () => number, work: () => Promise<void>): void {
    const cancel = this.#deps.clock.after(delayMs, () => {
      void work().finally(() => {
        if (!this.#closed) this.#repeat(name, intervalMs(), intervalMs, work)
      })
    })
    this.#timers.set(name, cancel)
  }
}
