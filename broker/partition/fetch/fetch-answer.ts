/**
 * The answer to a Fetch from what its partitions gave: in a session only what the client doesn't know yet (KIP-227).
 */
import { codeOf, KafkaError } from '../../../protocol/errors.ts'
import type { Fetch } from '../../../protocol/messages/fetch.ts'
import { downConvert } from '../../../protocol/records/down-convert.ts'
import type { ResponseOf } from '../../../protocol/schema/notation.ts'
import type { FetchPlan } from './fetch-plan.ts'
import { failedResult, type FetchResult } from './fetch-read.ts'
import type { FetchSessions } from '../fetch-sessions.ts'
import type { LeaderHints } from '../leader-hint.ts'

type FetchResponse = ResponseOf<typeof Fetch>
type TopicResponse = FetchResponse['responses'][number]
type PartitionResponse = TopicResponse['partitions'][number]

/** Bound of a batch's decompressed records when it is converted down. */
const MAX_CONVERTED_BYTES = 64 * 1024 * 1024

const NO_RECORDS: readonly Buffer[] = []

/** Builds the answer and moves the session on; the results' slices go into it by reference. */
export const fetchAnswer = (
  plan: FetchPlan,
  results: readonly FetchResult[],
  apiVersion: number,
  sessions: FetchSessions,
  hints: LeaderHints,
): FetchResponse => {
  const responses: (TopicResponse & { partitions: PartitionResponse[] })[] = []
  for (const read of results) {
    const result = apiVersion < 10 ? forOldConsumers(read, apiVersion) : read
    if (plan.session !== null && !isNews(result) && plan.kind === 'incremental') continue
    if (plan.session !== null) remember(plan, result)
    const { target } = result
    let topic = responses.at(-1)
    if (topic === undefined || topic.topic !== target.topicName || topic.topicId !== target.topicId) {
      topic = { topic: target.topicName, topicId: target.topicId, partitions: [] }
      responses.push(topic)
    }
    topic.partitions.push(partitionResponse(result, hints))
  }
  return { errorCode: 0, sessionId: sessionIdOf(plan, sessions), responses, nodeEndpoints: hints.endpoints() }
}

const sessionIdOf = (plan: FetchPlan, sessions: FetchSessions): number => {
  if (plan.kind === 'sessionless') return 0
  return plan.kind === 'opening' ? sessions.open(plan.session) : plan.session.id
}

const hasRecords = (result: FetchResult): boolean => result.slice !== null && result.slice.sizeBytes > 0

const isNews = (result: FetchResult): boolean =>
  result.error !== null ||
  result.diverging !== null ||
  hasRecords(result) ||
  result.highWatermark !== result.target.toldHighWatermark ||
  result.logStartOffset !== result.target.toldLogStartOffset

const remember = (plan: FetchPlan, result: FetchResult): void => {
  const { target } = result
  // After an error the partition is news again even when it is as it was before.
  target.toldHighWatermark = result.error !== null || result.diverging !== null ? -1 : result.highWatermark
  target.toldLogStartOffset = result.logStartOffset
  if (plan.kind === 'incremental' && hasRecords(result)) plan.session.moveToEnd(target)
}

const partitionResponse = (result: FetchResult, hints: LeaderHints): PartitionResponse => {
  const { target, error, diverging, aborted, slice } = result
  const currentLeader =
    error === null ? undefined : hints.leaderOf(error, result.partition?.topic ?? target.topic, target.index)
  return {
    partitionIndex: target.index,
    errorCode: error === null ? 0 : codeOf(error.name),
    highWatermark: result.highWatermark,
    lastStableOffset: result.lastStableOffset,
    logStartOffset: result.logStartOffset,
    abortedTransactions: aborted,
    records: slice?.chunks ?? NO_RECORDS,
    ...(diverging === null ? {} : { divergingEpoch: diverging }),
    ...(currentLeader === undefined ? {} : { currentLeader }),
  }
}

/** Before Fetch 10 consumers don't know zstd (KIP-110), before 4 (Kafka 0.11) no batches: message sets instead. */
const forOldConsumers = (result: FetchResult, apiVersion: number): FetchResult => {
  const { slice, target, partition } = result
  // As Kafka does, by the topic's setting: looking into every batch would cost all consumers.
  if (partition?.topic.settings.compressionType === 'zstd')
    return failedResult(target, new KafkaError('UNSUPPORTED_COMPRESSION_TYPE', 'zstd needs Fetch 10 or later'))
  if (apiVersion >= 4 || slice === null || slice.sizeBytes === 0) return result
  const options = {
    toMagic: apiVersion < 2 ? 0 : 1,
    firstOffset: target.fetchOffset,
    maxBytes: MAX_CONVERTED_BYTES,
  } as const
  try {
    const chunks = slice.chunks.map(chunk => downConvert(chunk, options))
    const sizeBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    // The slice itself is released by who read it.
    return { ...result, slice: { chunks, sizeBytes, next: slice.next, release: () => {} } }
  } catch (error) {
    if (error instanceof KafkaError) return failedResult(target, error)
    throw error
  }
}
