/**
 * For tests of the cleaner: a compacted topic that is written at random, and what its consumers must end with.
 */
import * as batch from '../../../../protocol/records/batch.ts'
import { buildBatch } from '../../../../protocol/records/build.ts'
import { buildMarker, readControl } from '../../../../protocol/records/control.ts'
import type { SeededRandom } from '../../../testing/seeded-random.ts'
import type { Partition } from '../../partition.ts'
import { recordOf, recordsIn, type Stage, wholeLog } from '../../testing/stage.ts'

/** Appends as a coordinator's log does: what Produce would refuse. */
export const append = async (partition: Partition, bytes: Buffer): Promise<void> => {
  const { end } = partition
  batch.stamp(bytes, 0, end, 0)
  const lastOffset = batch.lastOffset(bytes, 0)
  const placed = { baseOffset: end, lastOffset, maxTimestamp: batch.maxTimestamp(bytes, 0), bytes }
  const outcome = await partition.shardLog().append([placed], end)
  if (!outcome.ok) throw new Error(outcome.reason)
}

/** Produces records of one batch; a null value is a tombstone. */
export const put = (stage: Stage, ...records: readonly (readonly [key: string, value: string | null])[]) =>
  stage.produce(buildBatch({ records: records.map(([key, value]) => recordOf(key, value, stage.clock.now())) }))

/** A batch of one record of a transaction. */
export const transactional = (producerId: number, baseSequence: number, key: string, value: string): Buffer =>
  buildBatch({ records: [recordOf(key, value)], producerId, producerEpoch: 0, baseSequence, transactional: true })

/** The end of a transaction. */
export const marker = (producerId: number, result: 'abort' | 'commit'): Buffer =>
  buildMarker({ result, producerId, producerEpoch: 0, coordinatorEpoch: 0, timestamp: 1 })

/** What a read_committed consumer that starts at 0 holds in the end: `key=value` of each key, tombstones applied, sorted. */
export const consumed = async (partition: Partition): Promise<string[]> => {
  const { transactions } = partition.folds
  const held = new Map<string, string>()
  const pending = [...transactions.abortedIn(0, partition.lastStableOffset)].sort(
    (a, b) => a.firstOffset - b.firstOffset,
  )
  const aborting = new Set<number>()
  for (const bytes of await wholeLog(partition)) {
    if (batch.baseOffset(bytes, 0) >= partition.lastStableOffset) break
    const producerId = batch.producerId(bytes, 0)
    while (pending[0] !== undefined && pending[0].firstOffset <= batch.lastOffset(bytes, 0))
      aborting.add(pending.shift()!.producerId)
    if (batch.isControl(bytes, 0)) {
      if (readControl(bytes)?.type === 'abort') aborting.delete(producerId)
      continue
    }
    if (batch.isTransactional(bytes, 0) && aborting.has(producerId)) continue
    for (const { key, value } of recordsIn([bytes])) {
      if (value === null) held.delete(String(key))
      else held.set(String(key), String(value))
    }
  }
  return sorted(held)
}

const sorted = (map: ReadonlyMap<string, string>): string[] => [...map].map(([key, value]) => `${key}=${value}`).sort()

/** What was written to a topic, whichever brokers came and went over it. */
export class CompactedModel {
  readonly #random: SeededRandom
  readonly #values = new Map<string, string>()
  readonly #open = new Map<number, [string, string][]>()
  readonly #sequences = new Map<number, number>()
  #step = 0

  constructor(random: SeededRandom) {
    this.#random = random
  }

  /** What consumers must end with, as `consumed` gives it, when no transaction is open. */
  get values(): string[] {
    return sorted(this.#values)
  }

  /** The next sequence of each producer that wrote. */
  get sequences(): ReadonlyMap<number, number> {
    return this.#sequences
  }

  /** Writes a record, or to a transaction, or ends one. */
  async write(stage: Stage, partition: Partition): Promise<void> {
    const random = this.#random
    const step = this.#step++
    const key = `k${random.integer(8)}`
    const value = random.integer(4) === 0 ? null : `v${step}`
    const producerId = 1 + random.integer(3)
    switch (random.integer(5)) {
      case 0:
        if (this.#open.has(producerId)) await this.#end(partition, producerId, random.integer(2) === 0)
        break
      case 1:
      case 2:
        // One transaction at a time: what two write to one key would be ordered by offset, not by commit.
        if (this.#open.size > 0 && !this.#open.has(producerId)) break
        await this.#add(partition, producerId, `t${key}`, `v${step}`)
        break
      default:
        await this.put(stage, key, value)
    }
  }

  async put(stage: Stage, key: string, value: string | null): Promise<void> {
    await put(stage, [key, value])
    if (value === null) this.#values.delete(key)
    else this.#values.set(key, value)
  }

  /** Aborts what is open. */
  async endAll(partition: Partition): Promise<void> {
    for (const producerId of [...this.#open.keys()]) await this.#end(partition, producerId, false)
  }

  async #add(partition: Partition, producerId: number, key: string, value: string): Promise<void> {
    const sequence = this.#sequences.get(producerId) ?? 0
    await append(partition, transactional(producerId, sequence, key, value))
    this.#open.set(producerId, [...(this.#open.get(producerId) ?? []), [key, value]])
    this.#sequences.set(producerId, sequence + 1)
  }

  async #end(partition: Partition, producerId: number, committed: boolean): Promise<void> {
    await append(partition, marker(producerId, committed ? 'commit' : 'abort'))
    if (committed) for (const [key, value] of this.#open.get(producerId)!) this.#values.set(key, value)
    this.#open.delete(producerId)
  }
}
