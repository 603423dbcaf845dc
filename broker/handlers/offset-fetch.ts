import { codeOf, type ErrorName, type KafkaError } from '../../protocol/errors.ts'
import { OffsetFetch } from '../../protocol/messages/offset-fetch.ts'
import type { RequestOf } from '../../protocol/schema/notation.ts'
import type { Broker } from '../broker.ts'
import type { FetchedTopic } from '../groups/group-replies.ts'
import { each } from './each.ts'
import { handler } from './handler.ts'

/** From this version many groups are asked at once (KIP-709). */
const GROUPS_FROM = 8
/** From this version topics are named by their ids (KIP-848). */
const TOPIC_IDS_FROM = 10
/** Before this version an error of the whole request has no place but the partitions. */
const TOP_ERROR_FROM = 2

type Request = RequestOf<typeof OffsetFetch>
type AskedTopic = Request['topics'] extends readonly (infer T)[] | null ? T & { topicId?: string } : never
interface TopicResponse {
  readonly name: string
  readonly topicId?: string
  readonly partitions: readonly PartitionResponse[]
}
interface PartitionResponse {
  readonly partitionIndex: number
  readonly committedOffset: number
  readonly committedLeaderEpoch: number
  readonly metadata: string
  readonly errorCode: number
}

/**
 * Committed offsets of groups: −1 and no error where there is none. UNKNOWN_TOPIC_ID per partition from version 10,
 * UNSTABLE_OFFSET_COMMIT per partition when stable ones are required.
 */
export const offsetFetch = handler(OffsetFetch, {
  async handle(request, { apiVersion }, broker) {
    if (apiVersion >= GROUPS_FROM) {
      const byId = apiVersion >= TOPIC_IDS_FROM
      const groups = await each(
        request.groups,
        async ({ groupId, topics }) => ({
          groupId,
          topics: await fetch(groupId, topics, request.requireStable, byId, broker),
        }),
        ({ groupId }, error) => ({ groupId, topics: [], errorCode: error.code }),
      )
      return { topics: [], groups }
    }
    const topics = await fetch(request.groupId, request.topics, request.requireStable, false, broker)
    return { topics, groups: [] }
  },
  refuse: (request, error, { apiVersion }) =>
    apiVersion >= GROUPS_FROM
      ? { topics: [], groups: request.groups.map(({ groupId }) => ({ groupId, topics: [], errorCode: error.code })) }
      : { topics: apiVersion >= TOP_ERROR_FROM ? [] : failed(request, error), errorCode: error.code, groups: [] },
})

const fetch = async (
  groupId: string,
  asked: readonly AskedTopic[] | null,
  requireStable: boolean,
  byId: boolean,
  { groups, cluster }: Broker,
): Promise<TopicResponse[]> => {
  const nameOf = ({ name, topicId }: AskedTopic) => (byId ? cluster.topicById(topicId!)?.name : name)
  const topics =
    asked === null
      ? null
      : asked.flatMap(topic => {
          const name = nameOf(topic)
          return name === undefined ? [] : [{ topic: name, partitions: topic.partitionIndexes }]
        })
  const fetched = await groups.ask({ type: 'fetchOffsets', groupId, topics, requireStable })
  const found = fetched.map(one => answered(one, byId ? cluster.topic(one.topic)?.id : undefined))
  const unknown = (asked ?? []).filter(topic => nameOf(topic) === undefined).map(unknownTopic)
  return [...(byId ? found.filter(({ topicId }) => topicId !== undefined) : found), ...unknown]
}

const answered = ({ topic, partitions }: FetchedTopic, topicId: string | undefined): TopicResponse => ({
  name: topic,
  ...(topicId === undefined ? {} : { topicId }),
  partitions: partitions.map(({ partition, offset, leaderEpoch, metadata, error }) => ({
    partitionIndex: partition,
    committedOffset: offset,
    committedLeaderEpoch: leaderEpoch,
    metadata,
    errorCode: codeOf(error),
  })),
})

const without =
  (error: ErrorName) =>
  (partitionIndex: number): PartitionResponse => ({
    partitionIndex,
    committedOffset: -1,
    committedLeaderEpoch: -1,
    metadata: '',
    errorCode: codeOf(error),
  })

const unknownTopic = ({ topicId, partitionIndexes }: AskedTopic): TopicResponse => ({
  name: '',
  topicId: topicId!,
  partitions: partitionIndexes.map(without('UNKNOWN_TOPIC_ID')),
})

const failed = ({ topics }: Request, error: KafkaError): TopicResponse[] =>
  (topics ?? []).map(({ name, partitionIndexes }) => ({ name, partitions: partitionIndexes.map(without(error.name)) }))
