import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { SyncGroup } from '../../protocol/messages/sync-group.ts'
import type { ResponseOf } from '../../protocol/schema/notation.ts'
import { syncRefused } from '../groups/classic-rebalance.ts'
import type { SyncReply } from '../groups/group-replies.ts'
import { handler } from './handler.ts'

/** From this version a member says which protocol it takes part in (KIP-559). */
const PROTOCOL_FROM = 5

/** Asks for a member's assignment; the answer waits for the leader's. See `groups/classic-sync.ts`. */
export const syncGroup = handler(SyncGroup, {
  async handle(request, context, { groups }) {
    const { groupId, protocolType, protocolName } = request
    if (context.apiVersion >= PROTOCOL_FROM && (protocolType === null || protocolName === null)) {
      throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL', 'the protocol type and name are missing')
    }
    if (groupId === '') throw new KafkaError('INVALID_GROUP_ID')
    context.parked()
    const { generationId, memberId, groupInstanceId } = request
    const assignments = new Map(request.assignments.map(one => [one.memberId, Buffer.from(one.assignment)]))
    const ids = { groupId, generationId, memberId, groupInstanceId }
    return response(await groups.ask({ type: 'sync', ...ids, protocolType, protocolName, assignments }))
  },
  refuse: (_request, error) => response(syncRefused(error.name)),
})

const response = ({ error, ...reply }: SyncReply): ResponseOf<typeof SyncGroup> => ({
  ...reply,
  errorCode: codeOf(error),
})
