import { codeOf, nameOf } from '../../../protocol/errors.ts'
import {
  ConsumerProtocolSubscription,
  DescribeGroups,
  Heartbeat,
  JoinGroup,
  LeaveGroup,
  type ListGroups,
  SyncGroup,
} from '../../../protocol/messages/index.ts'
import { encodeMessage } from '../../../protocol/schema/codec.ts'
import type { RequestWrite, ResponseRead } from '../../../protocol/schema/notation.ts'
import type { Talk } from '../talk.ts'

type Joining = RequestWrite<typeof JoinGroup>

/** A consumer's subscription as JoinGroup carries it. */
export const subscription = (...topics: string[]): Buffer =>
  Buffer.concat([Buffer.from([0, 0]), encodeMessage(ConsumerProtocolSubscription, 0, { topics })])

/** A JoinGroup of a new consumer with the protocol `range`. */
export const joining = (version: number, groupId: string, more: Partial<Joining> = {}): Joining => ({
  ...{ groupId, sessionTimeoutMs: 30_000, memberId: '', protocolType: 'consumer' },
  ...(version >= 1 ? { rebalanceTimeoutMs: 30_000 } : {}),
  protocols: [{ name: 'range', metadata: subscription('t') }],
  ...more,
})

/** A member of a group. */
export interface Joined {
  readonly memberId: string
  readonly generationId: number
}

/** Joins a group as its only member, or as the one that is waited for, without showing it. */
export const join = async (
  talk: Talk,
  groupId: string,
  more: Partial<Joining> = {},
): Promise<ResponseRead<typeof JoinGroup>> => {
  const first = await talk.quietly(JoinGroup, 9, joining(9, groupId, more))
  if (first.errorCode !== codeOf('MEMBER_ID_REQUIRED')) return first
  return talk.quietly(JoinGroup, 9, joining(9, groupId, { ...more, memberId: first.memberId }))
}

/** Joins alone and gets an assignment: the group is stable then. */
export const stable = async (talk: Talk, groupId: string, more: Partial<Joining> = {}): Promise<Joined> => {
  const { memberId, generationId } = await join(talk, groupId, more)
  const { errorCode } = await talk.quietly(SyncGroup, 4, {
    ...{ groupId, generationId, memberId },
    assignments: [{ memberId, assignment: Buffer.from('mine') }],
  })
  if (errorCode !== 0) throw new Error(`the group is not stable: ${nameOf(errorCode)}`)
  return { memberId, generationId }
}

/** Leaves without showing it. */
export const leave = (talk: Talk, groupId: string, memberId: string): Promise<unknown> =>
  talk.quietly(LeaveGroup, 5, { groupId, members: [{ memberId }] })

/** The group as DescribeGroups has it. */
export const describe = (talk: Talk, label: string, groupId: string): Promise<unknown> =>
  talk.ask(`after ${label}`, DescribeGroups, 5, { groups: [groupId] })

/** Shows a heartbeat. */
export const heartbeat = (talk: Talk, label: string, groupId: string, member: Joined): Promise<unknown> =>
  talk.ask(label, Heartbeat, 4, { groupId, ...member })

/** Of all groups only those of the exchange. */
export const only =
  (...groups: string[]) =>
  (answer: ResponseRead<typeof ListGroups>): ResponseRead<typeof ListGroups> => ({
    ...answer,
    groups: answer.groups.filter(({ groupId }) => groups.includes(groupId)),
  })

/** What SyncGroup carries from version 5 on: the protocol that JoinGroup chose. */
export const chosen = (version: number): { protocolType?: string; protocolName?: string } =>
  version < 5 ? {} : { protocolType: 'consumer', protocolName: 'range' }
