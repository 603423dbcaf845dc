/**
 * What the cluster's metadata says of a topic, as requests see it.
 */
import type { TopicSettings } from '../config/resolved-topic-settings.ts'

/** One partition: who leads and who keeps it. Broker ids. */
export interface PartitionState {
  /** −1: no broker. */
  readonly leader: number
  /** Rises with every change of leader and after an unclean start. */
  readonly leaderEpoch: number
  /** The first one is the preferred leader. */
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
}

/** A frozen snapshot; a change makes another one. */
export interface Topic {
  /** 22 characters of base64url; never the same for two topics, not even of one name. */
  readonly id: string
  readonly name: string
  /** Written by coordinators only. */
  readonly internal: boolean
  readonly partitions: readonly PartitionState[]
  /** The topic's own settings, in text form. */
  readonly overrides: ReadonlyMap<string, string>
  /** All settings resolved, the broker's defaults included. */
  readonly settings: TopicSettings
}

const internalTopics: ReadonlySet<string> = new Set([
  '__consumer_offsets',
  '__transaction_state',
  '__share_group_state',
])

/** Whether the topic of that name belongs to a coordinator. */
export const isInternalTopic = (name: string): boolean => internalTopics.has(name)

/** The id of no topic. */
export const ZERO_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAA'
