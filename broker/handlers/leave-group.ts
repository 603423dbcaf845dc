import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { LeaveGroup } from '../../protocol/messages/leave-group.ts'
import { handler } from './handler.ts'

/** From this version many members may leave at once, also by their static ids (KIP-345). */
const MEMBERS_FROM = 3

/** Members leave their group. INVALID_GROUP_ID, and those of `groups/classic-leave.ts`. */
export const leaveGroup = handler(LeaveGroup, {
  async handle(request, { apiVersion }, { groups }) {
    const { groupId } = request
    if (groupId === '') throw new KafkaError('INVALID_GROUP_ID')
    const members =
      apiVersion < MEMBERS_FROM ? [{ memberId: request.memberId, groupInstanceId: null }] : request.members
    const reply = await groups.ask({ type: 'leave', groupId, members })
    if (apiVersion < MEMBERS_FROM) return { errorCode: codeOf(reply.members[0]!), members: [] }
    const results = members.map(({ memberId, groupInstanceId }, index) => ({
      memberId,
      groupInstanceId,
      errorCode: codeOf(reply.members[index]!),
    }))
    return { errorCode: 0, members: results }
  },
  refuse: (_request, error) => ({ errorCode: error.code, members: [] }),
})
