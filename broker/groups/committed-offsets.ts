import type { Producer } from '../coordinator/machine.ts'
import type { StoredOffset } from './group-record.ts'
import { type OffsetRecord, PendingOffsets } from './pending-offsets.ts'

/** A committed offset, and where in the log it was committed. */
export interface CommittedOffset extends StoredOffset {
  readonly at: number
}

type Topics = Map<string, Map<number, CommittedOffset>>

/** The committed offsets of all groups, as the log says. Offsets that a transaction commits wait until its marker (KIP-447). */
export class CommittedOffsets {
  readonly #groups = new Map<string, Topics>()
  readonly #pending = new PendingOffsets()

  /**
   * Applies a record; one of a transaction when its marker comes. Removing an offset removes what is pending for it too.
   * @param at the record's offset in the log
   */
  apply(record: OffsetRecord, producer: Producer | null, at: number): void {
    const { group, topic, partition, value } = record
    if (value === null) {
      this.#pending.drop(group, topic, partition)
      this.#remove(group, topic, partition)
    } else if (producer === null) this.#set(record, value, at)
    else this.#pending.put(producer.id, record, at)
  }

  /** The producer's transaction ended. What was committed after a pending offset, in the order of the log, stays. */
  applyMarker(producerId: number, committed: boolean): void {
    const pending = this.#pending.take(producerId)
    if (!committed) return
    for (const { record, at } of pending) {
      const known = this.get(record.group, record.topic, record.partition)
      if (known === undefined || known.at < at) this.#set(record, record.value!, at)
    }
  }

  /** The group's offsets by topic and partition; empty if it has none. */
  of(groupId: string): ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>> {
    return this.#groups.get(groupId) ?? new Map()
  }

  get(groupId: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.#groups.get(groupId)?.get(topic)?.get(partition)
  }

  /** Whether the group has offsets, those of open transactions included. */
  has(groupId: string): boolean {
    return this.#groups.has(groupId) || this.hasPending(groupId)
  }

  /** Whether an open transaction has offsets of the group. */
  hasPending(groupId: string): boolean {
    return this.#pending.hasGroup(groupId)
  }

  /** Whether an open transaction may change the offset. */
  isPending(groupId: string, topic: string, partition: number): boolean {
    return this.#pending.has(groupId, topic, partition)
  }

  /** Groups that have offsets, those of open transactions included. */
  groupIds(): ReadonlySet<string> {
    return new Set([...this.#groups.keys(), ...this.#pending.groupIds()])
  }

  /** The partitions that the group has offsets of, those of open transactions included, by topic. */
  partitionsOf(groupId: string): ReadonlyMap<string, ReadonlySet<number>> {
    const topics = new Map<string, Set<number>>()
    for (const [topic, partitions] of this.of(groupId)) topics.set(topic, new Set(partitions.keys()))
    for (const { topic, partition } of this.#pending.of(groupId)) {
      const partitions = topics.get(topic) ?? new Set<number>()
      topics.set(topic, partitions.add(partition))
    }
    return topics
  }

  #set({ group, topic, partition }: OffsetRecord, value: StoredOffset, at: number): void {
    const topics = this.#groups.get(group) ?? new Map<string, Map<number, CommittedOffset>>()
    const partitions = topics.get(topic) ?? new Map<number, CommittedOffset>()
    this.#groups.set(group, topics)
    topics.set(topic, partitions)
    partitions.set(partition, { ...value, at })
  }

  #remove(group: string, topic: string, partition: number): void {
    const topics = this.#groups.get(group)
    const partitions = topics?.get(topic)
    partitions?.delete(partition)
    if (partitions?.size === 0) topics!.delete(topic)
    if (topics?.size === 0) this.#groups.delete(group)
  }
}
