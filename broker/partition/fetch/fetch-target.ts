/**
 * One partition that a Fetch asks for: by itself in a request without session, remembered in a session.
 */
import type { Fetch } from '../../../protocol/messages/fetch.ts'
import type { RequestOf } from '../../../protocol/schema/notation.ts'
import type { Topic } from '../../cluster/topic.ts'

type FetchTopic = RequestOf<typeof Fetch>['topics'][number]
type FetchPartition = FetchTopic['partitions'][number]

/** What is asked of one partition, and what its session's client knows of it. */
export class FetchTarget {
  /** Empty where the request names topics by id, until the topic is found. */
  readonly topicName: string
  /** The zero id where the request names topics by name. */
  readonly topicId: string
  readonly index: number
  fetchOffset = 0
  maxBytes = 0
  /** Leader epoch that the client knows, −1 if it doesn't say. */
  currentLeaderEpoch = -1
  /** Epoch of the last record that it fetched, −1 if it doesn't say. */
  lastFetchedEpoch = -1
  /** As last found: a session notices by it that a topic was made anew. */
  topic: Topic | null = null
  /** What the session's client was told last, −1 if nothing or an error. */
  toldHighWatermark = -1
  toldLogStartOffset = -1

  constructor(topic: FetchTopic, partition: FetchPartition) {
    this.topicName = topic.topic
    this.topicId = topic.topicId
    this.index = partition.partition
    this.update(partition)
  }

  /** What the client now asks of it. */
  update(partition: FetchPartition): void {
    this.fetchOffset = partition.fetchOffset
    this.maxBytes = Math.max(0, partition.partitionMaxBytes)
    this.currentLeaderEpoch = partition.currentLeaderEpoch
    this.lastFetchedEpoch = partition.lastFetchedEpoch
  }
}
