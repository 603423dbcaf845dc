/**
 * A coordinator's view of its topic's partition: appends at an expected end, through the partition's own queue.
 */
import * as batch from '../../protocol/records/batch.ts'
import type { Appended, Batch, Bounds, Log, Offset, ReadOptions, Slice } from '../../storage/engine.ts'
import type { ShardLog } from '../coordinator/shard-log.ts'
import type { AppendFailure, AppendQueue, AppendTurn, QueuedAppend } from './append-queue.ts'

/** What the view needs of its partition. */
export interface ShardLogOwner {
  readonly log: Log
  readonly logStartOffset: number
  readonly highWatermark: number
  readonly end: number
}

/** The log of a coordinator topic, as its Shard sees it. */
export class PartitionShardLog implements ShardLog {
  readonly #owner: ShardLogOwner
  readonly #queue: AppendQueue

  constructor(owner: ShardLogOwner, queue: AppendQueue) {
    this.#owner = owner
    this.#queue = queue
  }

  bounds(): Bounds {
    return { start: this.#owner.logStartOffset, committed: this.#owner.highWatermark, end: this.#owner.end }
  }

  read(from: Offset, options: ReadOptions): Slice | Promise<Slice> {
    return this.#owner.log.read(from, options)
  }

  append(batches: readonly Batch[], expectedEnd: Offset): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.#queue.push(new ShardAppend(batches, expectedEnd, this.#owner, resolve, reject))
    })
  }
}

/** Batches that have their offsets already: they go in exactly there or not at all. */
class ShardAppend implements QueuedAppend {
  readonly #batches: readonly Batch[]
  readonly #expectedEnd: Offset
  readonly #owner: ShardLogOwner
  readonly #resolve: (outcome: Appended) => void
  readonly #reject: (error: Error) => void
  #placed = false

  constructor(
    batches: readonly Batch[],
    expectedEnd: Offset,
    owner: ShardLogOwner,
    resolve: (outcome: Appended) => void,
    reject: (error: Error) => void,
  ) {
    this.#batches = batches
    this.#expectedEnd = expectedEnd
    this.#owner = owner
    this.#resolve = resolve
    this.#reject = reject
  }

  decide(turn: AppendTurn): void {
    this.#placed = turn.end === this.#expectedEnd
    if (!this.#placed) return
    for (const placed of this.#batches) {
      batch.stamp(placed.bytes, 0, placed.baseOffset, turn.leaderEpoch)
      turn.place(placed)
    }
  }

  appended(): void {
    const { end } = this.#owner
    if (this.#placed) this.#resolve({ ok: true, end: this.#expectedEnd + offsetsIn(this.#batches) })
    else this.#resolve({ ok: false, reason: 'conflict', end })
  }

  failed(failure: AppendFailure): void {
    const { end } = this.#owner
    if (failure === 'unknown') this.#reject(new Error('the outcome of the append is not known'))
    else this.#resolve({ ok: false, reason: failure === 'closed' ? 'gone' : failure, end })
  }
}

const offsetsIn = (batches: readonly Batch[]): number => {
  const last = batches.at(-1)
  return last === undefined ? 0 : last.lastOffset + 1 - batches[0]!.baseOffset
}
