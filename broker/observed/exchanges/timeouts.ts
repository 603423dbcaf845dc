import { codeOf } from '../../../protocol/errors.ts'
import { Heartbeat, JoinGroup, OffsetCommit, SyncGroup } from '../../../protocol/messages/index.ts'
import type { Exchange } from '../exchange.ts'
import type { Talk } from '../talk.ts'
import { describe, heartbeat, type Joined, joining, stable } from './group-members.ts'

/** The shortest session that Kafka allows, in ms, and a little more. */
const sessionTimeoutMs = 6000
const beyondMs = 500

/** A member's heartbeats a second apart. */
const beats = async (talk: Talk, groupId: string, member: Joined, count: number): Promise<void> => {
  for (let beat = 0; beat < count; beat++) {
    await talk.pass(1000)
    await talk.quietly(Heartbeat, 4, { groupId, ...member })
  }
}

/** A second member of a stable group, both stable in the end. */
const second = async (
  talk: Talk,
  other: Talk,
  groupId: string,
  more: object,
  first: Joined,
): Promise<[Joined, Joined]> => {
  const { memberId } = await other.quietly(JoinGroup, 9, joining(9, groupId, more))
  talk.named(memberId, 'second')
  const joins = other.quietly(JoinGroup, 9, joining(9, groupId, { ...more, memberId }))
  await talk.ask(
    'told of the second',
    Heartbeat,
    4,
    { groupId, ...first },
    {
      until: answer => answer.errorCode === codeOf('REBALANCE_IN_PROGRESS'),
    },
  )
  const { generationId } = await talk.quietly(JoinGroup, 9, joining(9, groupId, { ...more, memberId: first.memberId }))
  await joins
  const members: [Joined, Joined] = [
    { memberId: first.memberId, generationId },
    { memberId, generationId },
  ]
  const assignments = members.map(member => ({ memberId: member.memberId, assignment: Buffer.from('part') }))
  await talk.quietly(SyncGroup, 4, { groupId, ...members[0], assignments })
  await other.quietly(SyncGroup, 4, { groupId, ...members[1], assignments: [] })
  return members
}

const sessions: Exchange = {
  id: 'session-timeout',
  async play(talk) {
    const other = talk.another()
    const group = talk.fresh('g')
    const more = { sessionTimeoutMs }
    const first = await stable(talk, group, more)
    talk.named(first.memberId, 'first')
    const [one, two] = await second(talk, other, group, more, first)
    await beats(talk, group, one, 5)
    await heartbeat(talk, 'of the first, before the second is given up', group, one)
    await talk.pass(1000 + beyondMs)
    await heartbeat(talk, 'of the first, after the second was given up', group, one)
    await heartbeat(other, 'of the second, too late', group, two)
    await other.ask('the second, too late', JoinGroup, 9, joining(9, group, { ...more, memberId: two.memberId }))
    await talk.ask('the first, alone', JoinGroup, 9, joining(9, group, { ...more, memberId: one.memberId }))
    await describe(talk, 'the second was given up', group)
    await talk.pass(sessionTimeoutMs + beyondMs)
    await describe(talk, 'all were given up', group)
  },
}

const commits: Exchange = {
  id: 'session-kept-by-commits',
  async play(talk) {
    const { name } = await talk.topic('t')
    const group = talk.fresh('g')
    const { memberId, generationId } = await stable(talk, group, { sessionTimeoutMs })
    talk.named(memberId, 'member')
    for (const round of [1, 2]) {
      await talk.pass(sessionTimeoutMs - beyondMs)
      await talk.ask(`round ${round}`, OffsetCommit, 9, {
        ...{ groupId: group, memberId, generationIdOrMemberEpoch: generationId },
        topics: [{ name, partitions: [{ partitionIndex: 0, committedOffset: round, committedMetadata: null }] }],
      })
    }
    await heartbeat(talk, 'after commits', group, { memberId, generationId })
    await describe(talk, 'commits', group)
  },
}

const rejoin: Exchange = {
  id: 'rebalance-timeout',
  async play(talk) {
    const other = talk.another()
    const group = talk.fresh('g')
    const more = { sessionTimeoutMs: 20_000, rebalanceTimeoutMs: 2000 }
    const first = await stable(talk, group, more)
    talk.named(first.memberId, 'first')
    const { memberId } = await other.quietly(JoinGroup, 9, joining(9, group, more))
    talk.named(memberId, 'second')
    const joins = other.ask(
      'the second, when the first does not come',
      JoinGroup,
      9,
      joining(9, group, { ...more, memberId }),
    )
    await talk.ask(
      'told of the second',
      Heartbeat,
      4,
      { groupId: group, ...first },
      {
        until: answer => answer.errorCode === codeOf('REBALANCE_IN_PROGRESS'),
      },
    )
    await talk.pass(2000 + beyondMs)
    const joined = await joins
    await heartbeat(talk, 'of who did not come', group, first)
    await describe(talk, 'the first did not come', group)
    const synced = { memberId, generationId: joined!.generationId }
    await talk.pass(2000 + beyondMs)
    await heartbeat(other, 'of a leader that does not sync', group, synced)
    await describe(talk, 'nobody synced', group)
  },
}

const pending: Exchange = {
  id: 'pending-member-timeout',
  async play(talk) {
    const group = talk.fresh('g')
    const knocked = await talk.quietly(JoinGroup, 9, joining(9, group, { sessionTimeoutMs }))
    talk.named(knocked.memberId, 'knocked')
    await talk.pass(sessionTimeoutMs + beyondMs)
    await talk.ask('who knocked, too late', JoinGroup, 9, joining(9, group, { memberId: knocked.memberId }))
  },
}

/** What happens when somebody doesn't come. */
export const timeouts: readonly Exchange[] = [sessions, commits, rejoin, pending]
