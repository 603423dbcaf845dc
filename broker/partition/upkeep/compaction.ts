/**
 * Which logs are compacted, and when: as in Kafka the dirtiest first, a pass at a time, on `log.cleaner.threads` lanes; whoever can't be compacted is
 * left alone until the next round.
 */
import type { Logger } from 'pino'
import type { Engine } from '../../../storage/engine.ts'
import type { Clock } from '../../clock.ts'
import type { Topic } from '../../cluster/topic.ts'
import type { Config } from '../../config/config.ts'
import { logIdOf, type Partition } from '../partition.ts'
import { cleanableOf, isCleaningDue } from './cleanable.ts'
import { type CleanerDeps, clean } from './cleaner.ts'
import { attempt, everyPartition } from './every-partition.ts'
import { Throttle } from './throttle.ts'

/** More at once would only make each other's slices longer. */
const MAX_LANES = 4
const WHAT = 'compaction of a partition'

/** What compaction works on. */
export interface CompactionDeps {
  readonly engine: Engine
  readonly clock: Clock
  readonly logger: Logger
  readonly config: Config
  readonly topics: { topics(): Iterable<Topic> }
  readonly partitions: { find(topic: Topic, index: number): Partition | Promise<Partition> }
}

interface Candidate {
  readonly partition: Partition
  readonly dirtyRatio: number
}

/** The cleaner of a broker. */
export class Compaction {
  readonly #deps: CompactionDeps
  readonly #throttle: Throttle
  #stopping = false

  constructor(deps: CompactionDeps) {
    this.#deps = deps
    const { clock, config } = deps
    this.#throttle = new Throttle(clock, () => config.get('log.cleaner.io.max.bytes.per.second'))
  }

  /** Compacts all that is due; resolves when nothing is. Rejects never: what fails is told to the operator. */
  async cleanDue(): Promise<void> {
    const { clock, config } = this.#deps
    if (!config.get('log.cleaner.enable')) return
    for (let more = true; more && !this.#stopping; ) {
      const candidates: Candidate[] = []
      await this.#everyPartition(async partition => {
        const cleanable = await cleanableOf(partition, clock.now())
        if (cleanable !== null && (await isCleaningDue(cleanable, partition, clock.now())))
          candidates.push({ partition, dirtyRatio: cleanable.dirtyRatio })
      })
      candidates.sort((a, b) => b.dirtyRatio - a.dirtyRatio)
      more = await this.#cleanAll(candidates)
    }
  }

  /** Compacts all that can be, whatever its dirty ratio, the active segments too. */
  async cleanEverything(): Promise<void> {
    await this.#everyPartition(async partition => {
      await partition.log.roll()
      while (await this.#cleanOnce(partition));
    }, true)
  }

  /** What is under way ends soon, undone; nothing begins any more. */
  stop(): void {
    this.#stopping = true
    this.#throttle.lift()
  }

  /** One pass over each; whether any of them got further. */
  async #cleanAll(candidates: readonly Candidate[]): Promise<boolean> {
    const waiting = candidates.values()
    let further = false
    const lane = async (): Promise<void> => {
      for (const { partition } of waiting) {
        if (this.#stopping) return
        await attempt(this.#deps, WHAT, partition.name, async () => {
          if (await this.#cleanOnce(partition)) further = true
        })
      }
    }
    await Promise.all(Array.from({ length: this.#lanes }, lane))
    return further
  }

  /** As much as one offset map covers; whether that was anything. */
  async #cleanOnce(partition: Partition): Promise<boolean> {
    const { clock, logger, config } = this.#deps
    const before = partition.folds.cleanedTo
    const cleanable = await cleanableOf(partition, clock.now())
    if (cleanable === null || this.#stopping) return false
    const deps: CleanerDeps = {
      clock,
      logger,
      mapBytes: config.get('log.cleaner.dedupe.buffer.size') / Math.max(1, config.get('log.cleaner.threads')),
      loadFactor: config.get('log.cleaner.io.buffer.load.factor'),
      throttle: this.#throttle,
      stopping: () => this.#stopping,
    }
    await clean(partition, cleanable, deps)
    return partition.folds.cleanedTo > before
  }

  get #lanes(): number {
    return Math.min(MAX_LANES, this.#deps.config.get('log.cleaner.threads'))
  }

  /** @param all those with nothing but an active segment too, which have nothing to compact. */
  async #everyPartition(work: (partition: Partition) => Promise<void>, all = false): Promise<void> {
    const { engine, partitions } = this.#deps
    await everyPartition(this.#deps, {
      what: WHAT,
      wanted: ({ cleanupCompact }) => cleanupCompact,
      ended: () => this.#stopping,
      async work(topic, index) {
        const { segments } = await engine.log(logIdOf(topic.id, index)).segments()
        // Not to load what there is nothing to do for.
        if (all || segments.length > 1) await work(await partitions.find(topic, index))
      },
    })
  }
}
