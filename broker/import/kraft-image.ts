/**
 * The metadata of a real Kafka (KRaft), as its log makes it: as much of it as an import takes over, and what it doesn't.
 */
import { decodeMessage } from '../../protocol/schema/codec.ts'
import * as kraft from '../../protocol/state/kraft-metadata.ts'
import type { ConfigImage } from '../cluster/metadata-image.ts'

/** Who led and kept a partition. Ids are of Kafka's brokers. */
export interface KraftPartition {
  /** −1: none. */
  readonly leader: number
  readonly leaderEpoch: number
  readonly isr: readonly number[]
  /** Out of the ISR, and with all that is committed (KIP-966): a broker that stops goes from there to here. */
  readonly eligible: readonly number[]
  /** Who was eligible last, when nobody is. */
  readonly lastEligible: readonly number[]
}

/** The brokers whose logs have all that is committed; those that may lack some of it only where no other is known. */
export const inSyncReplicas = ({ isr, eligible, lastEligible }: KraftPartition): readonly number[] => {
  const safe = [...isr, ...eligible]
  return safe.length > 0 ? safe : lastEligible
}

/** A topic, with its partitions by index. */
export interface KraftTopic {
  readonly id: string
  readonly name: string
  readonly partitions: ReadonlyMap<number, KraftPartition>
}

/** One record of the log: its type, version and bytes. */
export interface KraftRecord {
  readonly type: number
  readonly version: number
  readonly body: Buffer
}

/** What Samsa has no place for yet, by the type of the record that adds one. */
const foreign: ReadonlyMap<number, string> = new Map([
  [10, 'delegation tokens'],
  [11, 'SCRAM credentials'],
  [14, 'client quotas'],
  [18, 'ACLs'],
])

const noConfig: ConfigImage = new Map()

/** Hard state of Kafka's controller. */
export class KraftImage {
  readonly #topics = new Map<string, { id: string; name: string; partitions: Map<number, KraftPartition> }>()
  readonly #configs = new Map<string, { type: number; name: string; config: Map<string, string> }>()
  readonly #foreign = new Set<string>()
  /** The offset after the last record applied. */
  end = 0
  #nextProducerId = 0
  /** Records since the beginning of a transaction that hasn't ended (KIP-868). */
  #transaction: KraftRecord[] | null = null

  get topics(): ReadonlyMap<string, KraftTopic> {
    return this.#topics
  }

  topicByName(name: string): KraftTopic | undefined {
    return [...this.#topics.values()].find(topic => topic.name === name)
  }

  /** The first producer id that isn't given out. */
  get nextProducerId(): number {
    return this.#nextProducerId
  }

  /** What there is that isn't taken over, in words. */
  get foreign(): readonly string[] {
    return [...this.#foreign].sort()
  }

  /** Dynamic settings of a resource, by the wire's type of it. */
  config(type: number, name: string): ConfigImage {
    return this.#configs.get(`${type}/${name}`)?.config ?? noConfig
  }

  /** All that has dynamic settings. */
  resources(): Iterable<{ readonly type: number; readonly name: string; readonly config: ConfigImage }> {
    return this.#configs.values()
  }

  /** In the order of the log. Throws KafkaError CORRUPT_MESSAGE (or another of decoding) where the bytes aren't what the type says. */
  apply(record: KraftRecord): void {
    switch (record.type) {
      case kraft.BeginTransactionRecord.key:
        this.#transaction = []
        return
      case kraft.AbortTransactionRecord.key:
        this.#transaction = null
        return
      case kraft.EndTransactionRecord.key: {
        const records = this.#transaction ?? []
        this.#transaction = null
        for (const each of records) this.#change(each)
        return
      }
    }
    if (this.#transaction === null) this.#change(record)
    else this.#transaction.push(record)
  }

  #change({ type, version, body }: KraftRecord): void {
    switch (type) {
      case kraft.TopicRecord.key: {
        const { topicId, name } = decodeMessage(kraft.TopicRecord, version, body)
        this.#topics.set(topicId, { id: topicId, name, partitions: new Map() })
        return
      }
      case kraft.PartitionRecord.key: {
        const record = decodeMessage(kraft.PartitionRecord, version, body)
        const { leader, leaderEpoch, isr } = record
        const eligible = record.eligibleLeaderReplicas ?? []
        const state = { leader, leaderEpoch, isr, eligible, lastEligible: record.lastKnownElr ?? [] }
        this.#topics.get(record.topicId)?.partitions.set(record.partitionId, state)
        return
      }
      case kraft.PartitionChangeRecord.key:
        return this.#changePartition(version, body)
      case kraft.RemoveTopicRecord.key: {
        const { topicId } = decodeMessage(kraft.RemoveTopicRecord, version, body)
        const topic = this.#topics.get(topicId)
        this.#topics.delete(topicId)
        if (topic !== undefined) this.#configs.delete(`2/${topic.name}`)
        return
      }
      case kraft.ConfigRecord.key:
        return this.#changeConfig(version, body)
      case kraft.ProducerIdsRecord.key:
        this.#nextProducerId = decodeMessage(kraft.ProducerIdsRecord, version, body).nextProducerId
        return
      default: {
        const what = foreign.get(type)
        if (what !== undefined) this.#foreign.add(what)
      }
    }
  }

  #changePartition(version: number, body: Buffer): void {
    const change = decodeMessage(kraft.PartitionChangeRecord, version, body)
    const partitions = this.#topics.get(change.topicId)?.partitions
    const before = partitions?.get(change.partitionId)
    if (partitions === undefined || before === undefined) return
    const sameLeader = change.leader === SAME_LEADER
    partitions.set(change.partitionId, {
      leader: sameLeader ? before.leader : change.leader,
      leaderEpoch: before.leaderEpoch + (sameLeader ? 0 : 1),
      isr: change.isr ?? before.isr,
      eligible: change.eligibleLeaderReplicas ?? before.eligible,
      lastEligible: change.lastKnownElr ?? before.lastEligible,
    })
  }

  #changeConfig(version: number, body: Buffer): void {
    const { resourceType, resourceName, name, value } = decodeMessage(kraft.ConfigRecord, version, body)
    const key = `${resourceType}/${resourceName}`
    const resource = this.#configs.get(key) ?? { type: resourceType, name: resourceName, config: new Map() }
    if (value === null) resource.config.delete(name)
    else resource.config.set(name, value)
    if (resource.config.size === 0) this.#configs.delete(key)
    else this.#configs.set(key, resource)
  }
}

const SAME_LEADER = -2
