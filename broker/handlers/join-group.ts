import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { JoinGroup } from '../../protocol/messages/join-group.ts'
import type { ResponseOf } from '../../protocol/schema/notation.ts'
import { joinRefused } from '../groups/classic-rebalance.ts'
import type { JoinReply } from '../groups/group-replies.ts'
import { type Context, handler } from './handler.ts'

/** From this version a dynamic member is given its id before it is let in (KIP-394). */
const MEMBER_ID_REQUIRED_FROM = 4
/** From this version a static leader may be told to skip the assignment (KIP-814). */
const SKIP_ASSIGNMENT_FROM = 9
/** From this version the name of a protocol that there isn't is null; before, empty. */
const NULL_PROTOCOL_FROM = 7

/**
 * Joins a classic group; the answer waits for the rebalance. A client that goes away meanwhile stays a member until its
 * session ends, as it may come back with its id. INVALID_GROUP_ID, INVALID_SESSION_TIMEOUT, and those of
 * `groups/classic-join.ts`.
 */
export const joinGroup = handler(JoinGroup, {
  async handle(request, context, { groups }) {
    if (request.groupId === '') throw new KafkaError('INVALID_GROUP_ID', 'a group that is joined has a name')
    const { minSessionTimeoutMs, maxSessionTimeoutMs } = groups.settings
    if (request.sessionTimeoutMs < minSessionTimeoutMs || request.sessionTimeoutMs > maxSessionTimeoutMs) {
      throw new KafkaError(
        'INVALID_SESSION_TIMEOUT',
        `it must be from ${minSessionTimeoutMs} to ${maxSessionTimeoutMs}`,
      )
    }
    context.parked()
    const clientId = context.clientId ?? ''
    const reply = await groups.ask({
      type: 'join',
      groupId: request.groupId,
      memberId: request.memberId,
      groupInstanceId: request.groupInstanceId,
      newMemberId: groups.memberId(request.groupInstanceId ?? clientId),
      clientId,
      clientHost: `/${context.client.host}`, // the form in which Kafka shows addresses
      sessionTimeoutMs: request.sessionTimeoutMs,
      rebalanceTimeoutMs: request.rebalanceTimeoutMs,
      protocolType: request.protocolType,
      protocols: request.protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) })),
      memberIdRequired: context.apiVersion >= MEMBER_ID_REQUIRED_FROM,
      canSkipAssignment: context.apiVersion >= SKIP_ASSIGNMENT_FROM,
    })
    return response(reply, context)
  },
  refuse: (request, error, context) => response(joinRefused(error.name, request.memberId), context),
})

const response = ({ error, ...reply }: JoinReply, { apiVersion }: Context): ResponseOf<typeof JoinGroup> => ({
  ...reply,
  errorCode: codeOf(error),
  protocolName: reply.protocolName ?? (apiVersion >= NULL_PROTOCOL_FROM ? null : ''),
})
