import type { GroupRecord } from './group-record.ts'

/** An offset as a group commits it. */
export type OffsetRecord = Extract<GroupRecord, { type: 'offset' }>

/** A record and where it stands in the log. */
export interface PendingOffset {
  readonly record: OffsetRecord
  readonly at: number
}

/**
 * Offsets of open transactions: nobody sees them until their producer's marker (KIP-447). Of a partition that one
 * transaction commits twice the last one counts.
 */
export class PendingOffsets {
  /** By producer id, then by `keyOf`. */
  readonly #byProducer = new Map<number, Map<string, PendingOffset>>()
  /** By group, then by `keyOf`: the producers that have pending offsets there. */
  readonly #producers = new Map<string, Map<string, Set<number>>>()

  put(producerId: number, record: OffsetRecord, at: number): void {
    const key = keyOf(record.topic, record.partition)
    const pending = this.#byProducer.get(producerId) ?? new Map<string, PendingOffset>()
    this.#byProducer.set(producerId, pending)
    pending.set(`${record.group}\n${key}`, { record, at })
    const partitions = this.#producers.get(record.group) ?? new Map<string, Set<number>>()
    this.#producers.set(record.group, partitions)
    const producers = partitions.get(key) ?? new Set<number>()
    partitions.set(key, producers)
    producers.add(producerId)
  }

  /** Takes out what the producer has pending. */
  take(producerId: number): readonly PendingOffset[] {
    const pending = [...(this.#byProducer.get(producerId)?.values() ?? [])]
    for (const { record } of pending) this.#remove(producerId, record.group, keyOf(record.topic, record.partition))
    this.#byProducer.delete(producerId)
    return pending
  }

  /** Whatever was pending for the partition never was. */
  drop(group: string, topic: string, partition: number): void {
    const key = keyOf(topic, partition)
    for (const producerId of [...(this.#producers.get(group)?.get(key) ?? [])]) {
      this.#byProducer.get(producerId)?.delete(`${group}\n${key}`)
      this.#remove(producerId, group, key)
    }
  }

  has(group: string, topic: string, partition: number): boolean {
    return this.#producers.get(group)?.has(keyOf(topic, partition)) ?? false
  }

  hasGroup(group: string): boolean {
    return this.#producers.has(group)
  }

  /** Groups that have any. */
  groupIds(): Iterable<string> {
    return this.#producers.keys()
  }

  /** The group's partitions that have any. */
  *of(group: string): Generator<{ readonly topic: string; readonly partition: number }> {
    for (const key of this.#producers.get(group)?.keys() ?? []) {
      const space = key.indexOf(' ')
      yield { topic: key.slice(space + 1), partition: Number(key.slice(0, space)) }
    }
  }

  #remove(producerId: number, group: string, key: string): void {
    const partitions = this.#producers.get(group)
    const producers = partitions?.get(key)
    producers?.delete(producerId)
    if (producers?.size === 0) partitions!.delete(key)
    if (partitions?.size === 0) this.#producers.delete(group)
  }
}

const keyOf = (topic: string, partition: number): string => `${partition} ${topic}`
