import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { Heartbeat } from '../../protocol/messages/heartbeat.ts'
import { handler } from './handler.ts'

/** Keeps a member's session alive. INVALID_GROUP_ID, and those of `groups/classic-session.ts`. */
export const heartbeat = handler(Heartbeat, {
  async handle({ groupId, generationId, memberId, groupInstanceId }, _context, { groups }) {
    if (groupId === '') throw new KafkaError('INVALID_GROUP_ID')
    const error = await groups.ask({ type: 'heartbeat', groupId, generationId, memberId, groupInstanceId })
    return { errorCode: codeOf(error) }
  },
  refuse: (_request, error) => ({ errorCode: error.code }),
})
