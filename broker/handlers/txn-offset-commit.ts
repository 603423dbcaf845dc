import { KafkaError } from '../../protocol/errors.ts'
import { TxnOffsetCommit } from '../../protocol/messages/txn-offset-commit.ts'
import type { ResponseOf } from '../../protocol/schema/notation.ts'
import {
  allOffsets,
  answeredOffsets,
  type AskedTopic,
  type OffsetErrors,
  resolveOffsets,
  withOutcomes,
} from '../groups/asked-offsets.ts'
import { verifyOffsets } from '../groups/verify-offsets.ts'
import { handler } from './handler.ts'

/** From this version topics are named by their ids. */
const TOPIC_IDS_FROM = 6

const response = (topics: readonly AskedTopic[], errors: OffsetErrors): ResponseOf<typeof TxnOffsetCommit> => ({
  throttleTimeMs: 0,
  topics: answeredOffsets(topics, errors),
})

/**
 * TxnOffsetCommit: offsets that count when the producer's transaction commits. Per partition: UNKNOWN_TOPIC_OR_PARTITION,
 * UNKNOWN_TOPIC_ID, and of all others INVALID_GROUP_ID, those of `verifyOffsets` and of `groups/txn-offset-commit.ts`.
 */
export const txnOffsetCommit = handler(TxnOffsetCommit, {
  async handle(request, { apiVersion }, broker) {
    const { topics, groupId, transactionalId, producerId: id, producerEpoch: epoch } = request
    const byId = apiVersion >= TOPIC_IDS_FROM
    const asked = resolveOffsets(topics, broker.cluster, byId)
    if (asked.offsets.length === 0) return response(topics, asked.errors)
    const producer = { id, epoch }
    try {
      if (groupId === '') throw new KafkaError('INVALID_GROUP_ID', 'the group has no name')
      const { generationIdOrMemberEpoch: generationId, memberId, groupInstanceId } = request
      const member = { generationId, memberId, groupInstanceId }
      for (let again = false; ; again = true) {
        const verified = await verifyOffsets(broker, { transactionalId, groupId, producer }, apiVersion)
        // Topics may have gone meanwhile, and their offsets with them.
        const { errors, offsets } = resolveOffsets(topics, broker.cluster, byId)
        const commit = { type: 'txnCommit', groupId, producer, verified, ...member, offsets } as const
        const committed = await broker.groups.ask(commit)
        // A machine that was loaded again in between knows nothing of what was verified.
        if (verified === null || again || !committed.includes('INVALID_TXN_STATE'))
          return response(topics, withOutcomes(errors, committed))
      }
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      return response(topics, withOutcomes(asked.errors, error.name))
    }
  },
  refuse: ({ topics }, error) => response(topics, allOffsets(topics, error.name)),
})
