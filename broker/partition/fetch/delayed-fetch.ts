/**
 * One Fetch that may wait (long poll): reads its partitions, and reads them again when enough has come, when something ends
 * the wait, or when the client's patience is over.
 */
import * as batch from '../../../protocol/records/batch.ts'
import type { Slice } from '../../../storage/engine.ts'
import type { Cancel, Clock } from '../../clock.ts'
import type { Context } from '../../handlers/handler.ts'
import { type FetchReading, type FetchResult, readTarget } from './fetch-read.ts'
import type { FetchTarget } from './fetch-target.ts'
import type { Partition } from '../partition.ts'
import type { Isolation, Waiter } from '../waiters.ts'

/** What the client asks of the answer. */
export interface FetchLimits {
  /** Readable bytes that are worth an answer before `maxWaitMs` is over. */
  readonly minBytes: number
  /** Most bytes of batches in all, save that the first batch found is always answered (KIP-74). */
  readonly maxBytes: number
  readonly maxWaitMs: number
}

interface Attempt {
  readonly results: FetchResult[]
  bytes: number
  /** An error or a diverging epoch: answered without waiting. */
  urgent: boolean
  /** Most bytes that it reads, save the first batch. */
  readonly maxBytes: number
}

/** One Fetch, from its first read to its results. */
export class DelayedFetch implements Waiter {
  readonly isolation: Isolation
  readonly #reading: FetchReading
  readonly #targets: readonly FetchTarget[]
  readonly #limits: FetchLimits
  readonly #clock: Clock
  readonly #context: Context
  #watched: Partition[] = []
  #readableBytes = 0
  /** The wait is over, whatever there is. */
  #over = false
  /** Reading again. */
  #busy = false
  /** Woken while busy. */
  #missed = false
  #scheduled = false
  #cancelTimer: Cancel | null = null
  #cancelClose: Cancel | null = null
  #resolve: ((results: FetchResult[]) => void) | null = null
  #reject: ((error: unknown) => void) | null = null

  constructor(
    reading: FetchReading,
    targets: readonly FetchTarget[],
    limits: FetchLimits,
    context: Context,
    clock: Clock,
  ) {
    this.isolation = reading.isolation
    this.#reading = reading
    this.#targets = targets
    this.#limits = limits
    this.#clock = clock
    this.#context = context
  }

  /**
   * The results, one a target and in their order, at once if there is enough. Slices in them are released when the answer
   * is sent, and keep within what `Context.reserveAnswer` grants (but for one batch).
   */
  run(): FetchResult[] | Promise<FetchResult[]> {
    const attempt = this.#attempt()
    if (attempt instanceof Promise)
      return attempt.then(done => (this.#suffices(done) ? this.#finish(done) : this.#wait(done)))
    return this.#suffices(attempt) ? this.#finish(attempt) : this.#wait(attempt)
  }

  grew(readableBytes: number): void {
    this.#readableBytes += readableBytes
    if (this.#readableBytes >= this.#limits.minBytes) this.#schedule()
  }

  disturbed(): void {
    this.#over = true
    this.#schedule()
  }

  #suffices(attempt: Attempt): boolean {
    return (
      this.#over ||
      attempt.urgent ||
      attempt.bytes >= this.#limits.minBytes ||
      // There is no room to read more, however long it waits.
      (attempt.bytes > 0 && attempt.maxBytes < this.#limits.minBytes) ||
      this.#limits.maxWaitMs <= 0 ||
      this.#targets.length === 0
    )
  }

  #attempt(): Attempt | Promise<Attempt> {
    const maxBytes = Math.min(this.#limits.maxBytes, this.#context.answerRoom())
    return this.#readFrom(0, { results: [], bytes: 0, urgent: false, maxBytes })
  }

  /** Reads on from the target at `index`; becomes asynchronous only where the engine or a partition's first use is. */
  #readFrom(index: number, attempt: Attempt): Attempt | Promise<Attempt> {
    for (; index < this.#targets.length; index++) {
      const target = this.#targets[index]!
      const left = Math.max(0, attempt.maxBytes - attempt.bytes)
      const result = readTarget(this.#reading, target, Math.min(target.maxBytes, left), attempt.bytes === 0)
      if (result instanceof Promise) {
        const next = index + 1
        return result.then(read => {
          take(attempt, read)
          return this.#readFrom(next, attempt)
        })
      }
      take(attempt, result)
    }
    return attempt
  }

  #wait(attempt: Attempt): Promise<FetchResult[]> {
    this.#readableBytes = attempt.bytes
    let moved = false
    for (const { partition, slice, highWatermark, lastStableOffset } of attempt.results) {
      slice?.release()
      if (partition === null) continue
      partition.watch(this)
      this.#watched.push(partition)
      const seen = this.isolation === 'read_committed' ? lastStableOffset : highWatermark
      moved ||= partition.readableEnd(this.isolation) > seen
    }
    // While others were read, where that takes time.
    if (moved) this.#schedule()
    this.#cancelTimer = this.#clock.after(this.#limits.maxWaitMs, () => this.disturbed())
    this.#cancelClose = this.#context.client.onClose(() => this.disturbed())
    this.#context.parked()
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Reads again once the appends of this turn have all been followed. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => this.#readAgain())
  }

  #readAgain(): void {
    this.#scheduled = false
    if (this.#resolve === null) return
    this.#missed = this.#busy
    if (this.#busy) return
    this.#busy = true
    try {
      const attempt = this.#attempt()
      if (attempt instanceof Promise)
        attempt.then(
          done => this.#decide(done),
          (error: unknown) => this.#fail(error),
        )
      else this.#decide(attempt)
    } catch (error) {
      this.#fail(error)
    }
  }

  #decide(attempt: Attempt): void {
    this.#busy = false
    if (this.#suffices(attempt)) {
      const resolve = this.#resolve!
      this.#end()
      resolve(this.#finish(attempt))
      return
    }
    for (const { slice } of attempt.results) slice?.release()
    this.#readableBytes = attempt.bytes
    if (this.#missed) this.#schedule()
  }

  #fail(error: unknown): void {
    const reject = this.#reject!
    this.#end()
    reject(error)
  }

  #end(): void {
    this.#resolve = null
    this.#reject = null
    this.#cancelTimer?.()
    this.#cancelClose?.()
    for (const partition of this.#watched) partition.unwatch(this)
    this.#watched = []
  }

  /** Keeps what there is room for among the answers that clients haven't taken: always one batch. */
  #finish({ results, bytes }: Attempt): FetchResult[] {
    if (bytes === 0) return results
    let left = this.#context.reserveAnswer(bytes)
    let first = true
    const kept = results.map(result => {
      if (result.slice === null || result.slice.sizeBytes === 0) return result
      let { slice } = result
      if (slice.sizeBytes > left) {
        if (!first) {
          slice.release()
          return { ...result, slice: null }
        }
        slice = firstBatchOf(slice)
      }
      first = false
      left = Math.max(0, left - slice.sizeBytes)
      return slice === result.slice ? result : { ...result, slice }
    })
    this.#context.onSent(() => {
      for (const { slice } of kept) slice?.release()
    })
    return kept
  }
}

const take = (attempt: Attempt, result: FetchResult): void => {
  attempt.results.push(result)
  attempt.bytes += result.slice?.sizeBytes ?? 0
  if (result.error !== null || result.diverging !== null) attempt.urgent = true
}

/** Takes over the release of the slice it shortens. */
const firstBatchOf = (slice: Slice): Slice => {
  const [chunk] = slice.chunks
  const end = batch.batchEnd(chunk!, 0)
  return {
    chunks: [chunk!.subarray(0, end)],
    sizeBytes: end,
    next: batch.nextOffset(chunk!, 0),
    release: () => slice.release(),
  }
}
