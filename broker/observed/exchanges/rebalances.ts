import { codeOf } from '../../../protocol/errors.ts'
import { Heartbeat, JoinGroup, LeaveGroup, SyncGroup } from '../../../protocol/messages/index.ts'
import type { Exchange } from '../exchange.ts'
import type { Talk } from '../talk.ts'
import { describe, heartbeat, type Joined, joining, leave, stable, subscription } from './group-members.ts'

/** Two members of a group, both joined and not yet synced; the first is the leader. */
const two = async (talk: Talk, other: Talk, group: string): Promise<{ leader: Joined; follower: Joined }> => {
  const first = await stable(talk, group)
  talk.named(first.memberId, 'first')
  const { memberId } = await other.quietly(JoinGroup, 9, joining(9, group))
  talk.named(memberId, 'second')
  const joins = other.quietly(JoinGroup, 9, joining(9, group, { memberId }))
  await rebalancing(talk, group, first)
  const { generationId } = await talk.quietly(JoinGroup, 9, joining(9, group, { memberId: first.memberId }))
  await joins
  return { leader: { memberId: first.memberId, generationId }, follower: { memberId, generationId } }
}

/** Resolves when a member's heartbeat is told of a rebalance. */
const rebalancing = (talk: Talk, groupId: string, member: Joined): Promise<unknown> =>
  talk.ask(
    'told of the rebalance',
    Heartbeat,
    4,
    { groupId, ...member },
    { until: answer => answer.errorCode === codeOf('REBALANCE_IN_PROGRESS') },
  )

const sync = (groupId: string, member: Joined, ...to: Joined[]) => ({
  ...{ groupId, ...member },
  assignments: to.map(({ memberId }, index) => ({ memberId, assignment: Buffer.from(`a${index}`) })),
})

const joinsDuringSync: Exchange = {
  id: 'rebalance-during-sync',
  async play(talk) {
    const [other, third] = [talk.another(), talk.another()]
    const group = talk.fresh('g')
    const { leader, follower } = await two(talk, other, group)
    const waits = other.ask('of the follower, when a third joins', SyncGroup, 4, sync(group, follower))
    const { memberId } = await third.quietly(JoinGroup, 9, joining(9, group))
    talk.named(memberId, 'third')
    const joins = third.ask('the third', JoinGroup, 9, joining(9, group, { memberId }))
    await waits
    await talk.ask('of the leader, too late', SyncGroup, 4, sync(group, leader, leader, follower))
    await describe(talk, 'a third joined', group)
    const back = other.ask('the follower, again', JoinGroup, 9, joining(9, group, { memberId: follower.memberId }))
    await talk.ask('the leader, again', JoinGroup, 9, joining(9, group, { memberId: leader.memberId }))
    await Promise.all([joins, back])
    await describe(talk, 'all joined', group)
  },
}

const leavesDuringJoin: Exchange = {
  id: 'rebalance-when-members-leave',
  async play(talk) {
    const other = talk.another()
    const group = talk.fresh('g')
    const first = await stable(talk, group)
    const { memberId } = await other.quietly(JoinGroup, 9, joining(9, group))
    talk.named(memberId, 'second')
    const joins = other.ask('waits for a member that leaves', JoinGroup, 9, joining(9, group, { memberId }))
    await rebalancing(talk, group, first)
    await leave(talk, group, first.memberId)
    const joined = await joins
    await heartbeat(talk, 'of who left', group, first)
    const member = { memberId, generationId: joined!.generationId }
    await other.ask('alone', SyncGroup, 4, sync(group, member, member))
    await other.ask('of itself and another', LeaveGroup, 5, {
      groupId: group,
      members: [{ memberId: first.memberId }, { memberId, reason: 'over' }],
    })
    await describe(talk, 'all left', group)
    const again = await stable(talk, group)
    await heartbeat(talk, 'of a new generation', group, again)
    await describe(talk, 'a new generation', group)
  },
}

const changes: Exchange = {
  id: 'rebalance-by-new-metadata',
  async play(talk) {
    const other = talk.another()
    const group = talk.fresh('g')
    const { leader, follower } = await two(talk, other, group)
    await talk.ask('of the leader', SyncGroup, 4, sync(group, leader, leader, follower))
    await other.ask('of the follower', SyncGroup, 4, sync(group, follower))
    await other.ask('of the follower, again', SyncGroup, 4, sync(group, follower))
    const more = { protocols: [{ name: 'range', metadata: subscription('t', 'u') }] }
    const joins = other.ask(
      'the follower with other topics',
      JoinGroup,
      9,
      joining(9, group, { memberId: follower.memberId, ...more }),
    )
    await rebalancing(talk, group, leader)
    const led = await talk.ask('the leader', JoinGroup, 9, joining(9, group, { memberId: leader.memberId }))
    const followed = await joins
    const now = { memberId: leader.memberId, generationId: led!.generationId }
    await heartbeat(talk, 'not synced yet', group, now)
    await talk.ask('of a new leader', SyncGroup, 4, sync(group, now, now, { ...now, memberId: followed!.memberId }))
    await describe(talk, 'the leader synced', group)
    await other.ask(
      'of the follower, with what is there',
      SyncGroup,
      4,
      sync(group, { ...now, memberId: followed!.memberId }),
    )
  },
}

const statics: Exchange = {
  id: 'rebalance-of-static-members',
  async play(talk) {
    const other = talk.another()
    const group = talk.fresh('g')
    const [one, two] = [{ groupInstanceId: 'i1' }, { groupInstanceId: 'i2' }]
    const first = await stable(talk, group, one)
    talk.named(first.memberId, 'first')
    const joins = other.ask('a second instance', JoinGroup, 9, joining(9, group, two))
    await rebalancing(talk, group, first)
    const led = await talk.ask(
      'the first, with its id',
      JoinGroup,
      9,
      joining(9, group, { ...one, memberId: first.memberId }),
    )
    const followed = await joins
    const [leader, follower] = [led!, followed!].map(({ memberId, generationId }) => ({ memberId, generationId }))
    await talk.ask('of the leader', SyncGroup, 4, { ...sync(group, leader!, leader!, follower!), ...one })
    await other.ask('of the follower', SyncGroup, 4, { ...sync(group, follower!), ...two })
    await describe(talk, 'both synced', group)
    await other.ask('the follower restarts', JoinGroup, 9, joining(9, group, two))
    await heartbeat(talk, 'of the leader meanwhile', group, leader!)
    await talk.ask('the leader restarts', JoinGroup, 9, joining(9, group, one))
    await describe(talk, 'both restarted', group)
    await talk.ask('an instance that is not there, and one that is', LeaveGroup, 5, {
      groupId: group,
      members: [
        { memberId: '', groupInstanceId: 'i3' },
        { memberId: '', ...two },
      ],
    })
    await describe(talk, 'one instance left', group)
  },
}

/** Rebalances of the classic protocol beyond the plain one. */
export const rebalances: readonly Exchange[] = [joinsDuringSync, leavesDuringJoin, changes, statics]
