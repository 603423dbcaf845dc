import { codeOf, type KafkaError } from '../../protocol/errors.ts'
import { Fetch } from '../../protocol/messages/fetch.ts'
import type { RequestOf, ResponseOf } from '../../protocol/schema/notation.ts'
import type { Broker } from '../broker.ts'
import { DelayedFetch, type FetchLimits } from '../partition/fetch/delayed-fetch.ts'
import { fetchAnswer } from '../partition/fetch/fetch-answer.ts'
import { planFetch } from '../partition/fetch/fetch-plan.ts'
import { type FetchReading, failedResult } from '../partition/fetch/fetch-read.ts'
import { FetchTarget } from '../partition/fetch/fetch-target.ts'
import { LeaderHints } from '../partition/leader-hint.ts'
import { handler } from './handler.ts'

type FetchRequest = RequestOf<typeof Fetch>

/** Versions from this on have a place for the leader and its endpoint (KIP-951). */
const LEADER_HINTS = 16

/** From this version on a failed session is said once; before, in every partition. */
const TOP_LEVEL_ERRORS = 7

const readingOf = (request: FetchRequest, apiVersion: number, broker: Broker): FetchReading => ({
  partitions: broker.partitions,
  topics: broker.cluster,
  byTopicId: apiVersion >= 13,
  isolation: request.isolationLevel === 1 ? 'read_committed' : 'read_uncommitted',
  replicaId: apiVersion >= 15 ? request.replicaState.replicaId : request.replicaId,
})

const limitsOf = (request: FetchRequest, broker: Broker): FetchLimits => {
  const maxBytes = Math.min(request.maxBytes, broker.config.get('fetch.max.bytes'))
  return { maxBytes, minBytes: Math.min(request.minBytes, maxBytes), maxWaitMs: request.maxWaitMs }
}

/** Fetch: record batches as they are stored, after a wait if there are too few. */
export const fetch = handler(Fetch, {
  handle(request, context, broker) {
    const { apiVersion } = context
    const plan = planFetch(request, apiVersion, broker.fetchSessions)
    const reading = readingOf(request, apiVersion, broker)
    const results = new DelayedFetch(reading, plan.targets, limitsOf(request, broker), context, broker.clock).run()
    const hints = new LeaderHints(broker.cluster, context.client, apiVersion >= LEADER_HINTS)
    if (results instanceof Promise)
      return results.then(read => fetchAnswer(plan, read, apiVersion, broker.fetchSessions, hints))
    return fetchAnswer(plan, results, apiVersion, broker.fetchSessions, hints)
  },
  refuse(request, error, { apiVersion }): ResponseOf<typeof Fetch> {
    if (apiVersion >= TOP_LEVEL_ERRORS) return { errorCode: codeOf(error.name), responses: [] }
    return { errorCode: 0, responses: request.topics.map(topic => refusedTopic(topic, error)) }
  },
})

const refusedTopic = (
  topic: FetchRequest['topics'][number],
  error: KafkaError,
): ResponseOf<typeof Fetch>['responses'][number] => ({
  topic: topic.topic,
  partitions: topic.partitions.map(partition => {
    const failed = failedResult(new FetchTarget(topic, partition), error)
    return {
      partitionIndex: partition.partition,
      errorCode: codeOf(error.name),
      highWatermark: failed.highWatermark,
      abortedTransactions: null,
      records: [],
    }
  }),
})
