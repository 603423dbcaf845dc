import type { Producer } from '../coordinator/machine.ts'
import type { GroupRecord, StoredOffset } from './group-record.ts'

type OffsetRecord = Extract<GroupRecord, { type: 'offset' }>
type Topics = Map<string, Map<number, StoredOffset>>

/**
 * The committed offsets of all groups, as the log says. Offsets that a transaction commits wait until its marker
 * (KIP-447).
 */
export class CommittedOffsets {
  readonly #groups = new Map<string, Topics>()
  /** By producer id, in the order of the log. */
  readonly #pending = new Map<number, OffsetRecord[]>()

  /** Applies a record; one of a transaction when its marker comes. */
  apply(record: OffsetRecord, producer: Producer | null): void {
    if (producer === null) {
      this.#set(record)
      return
    }
    const pending = this.#pending.get(producer.id)
    if (pending === undefined) this.#pending.set(producer.id, [record])
    else pending.push(record)
  }

  /** The producer's transaction ended. */
  applyMarker(producer: Producer, committed: boolean): void {
    const pending = this.#pending.get(producer.id) ?? []
    this.#pending.delete(producer.id)
    if (committed) for (const record of pending) this.#set(record)
  }

  /** The group's offsets by topic and partition; empty if it has none. */
  of(groupId: string): ReadonlyMap<string, ReadonlyMap<number, StoredOffset>> {
    return this.#groups.get(groupId) ?? new Map()
  }

  get(groupId: string, topic: string, partition: number): StoredOffset | undefined {
    return this.#groups.get(groupId)?.get(topic)?.get(partition)
  }

  /** Whether the group has offsets, those of open transactions included. */
  has(groupId: string): boolean {
    return this.#groups.has(groupId) || this.hasPending(groupId)
  }

  /** Whether an open transaction has offsets of the group. */
  hasPending(groupId: string): boolean {
    return this.#anyPending(record => record.group === groupId)
  }

  /** Whether an open transaction may change the offset. */
  isPending(groupId: string, topic: string, partition: number): boolean {
    return this.#anyPending(
      record => record.group === groupId && record.topic === topic && record.partition === partition,
    )
  }

  /** Groups that have offsets. */
  groupIds(): Iterable<string> {
    return this.#groups.keys()
  }

  #anyPending(matches: (record: OffsetRecord) => boolean): boolean {
    for (const records of this.#pending.values()) if (records.some(matches)) return true
    return false
  }

  #set({ group, topic, partition, value }: OffsetRecord): void {
    if (value === null) {
      this.#remove(group, topic, partition)
      return
    }
    const topics = this.#groups.get(group) ?? new Map<string, Map<number, StoredOffset>>()
    const partitions = topics.get(topic) ?? new Map<number, StoredOffset>()
    this.#groups.set(group, topics)
    topics.set(topic, partitions)
    partitions.set(partition, value)
  }

  #remove(group: string, topic: string, partition: number): void {
    const topics = this.#groups.get(group)
    const partitions = topics?.get(topic)
    partitions?.delete(partition)
    if (partitions?.size === 0) topics!.delete(topic)
    if (topics?.size === 0) this.#groups.delete(group)
  }
}
