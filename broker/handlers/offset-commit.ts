import { OffsetCommit } from '../../protocol/messages/offset-commit.ts'
import { allOffsets, answeredOffsets, resolveOffsets, withOutcomes } from '../groups/asked-offsets.ts'
import { handler } from './handler.ts'

/** From this version a generation of a group that isn't there is told apart from a wrong one (KIP-848). */
const UNKNOWN_GROUP_FROM = 9
/** From this version topics are named by their ids (KIP-848). */
const TOPIC_IDS_FROM = 10

/**
 * Commits offsets, of a member or of a group without members. Per partition: UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID,
 * and those of `groups/offset-commit.ts`. Other partitions of the request are committed.
 */
export const offsetCommit = handler(OffsetCommit, {
  async handle(request, { apiVersion }, { groups, cluster }) {
    const { topics } = request
    const { errors, offsets } = resolveOffsets(topics, cluster, apiVersion >= TOPIC_IDS_FROM)
    if (offsets.length === 0) return { topics: answeredOffsets(topics, errors) }
    const committed = await groups.ask({
      type: 'commit',
      groupId: request.groupId,
      generationId: request.generationIdOrMemberEpoch,
      memberId: request.memberId,
      groupInstanceId: request.groupInstanceId,
      retentionTimeMs: request.retentionTimeMs,
      unknownGroup: apiVersion >= UNKNOWN_GROUP_FROM ? 'GROUP_ID_NOT_FOUND' : 'ILLEGAL_GENERATION',
      offsets,
    })
    return { topics: answeredOffsets(topics, withOutcomes(errors, committed)) }
  },
  refuse: ({ topics }, error) => ({ topics: answeredOffsets(topics, allOffsets(topics, error.name)) }),
})
