import { codeOf } from '../../../protocol/errors.ts'
import {
  DescribeGroups,
  Heartbeat,
  JoinGroup,
  LeaveGroup,
  OffsetCommit,
  SyncGroup,
} from '../../../protocol/messages/index.ts'
import type { Exchange } from '../exchange.ts'
import { chosen, describe, heartbeat, join, joining, leave, stable, subscription } from './group-members.ts'

const memberIdRequired = codeOf('MEMBER_ID_REQUIRED')

const joinVersions: Exchange = {
  id: 'join-group-versions',
  async play(talk) {
    for (const version of talk.versions(JoinGroup)) {
      const groupId = talk.fresh('g')
      let joined = await talk.ask('a new member', JoinGroup, version, joining(version, groupId))
      if (joined?.errorCode === memberIdRequired) {
        joined = await talk.ask(
          'with its id',
          JoinGroup,
          version,
          joining(version, groupId, { memberId: joined.memberId }),
        )
      }
      const member = { groupId, generationId: joined!.generationId, memberId: joined!.memberId }
      const sync = Math.min(version, 5)
      await talk.ask('the leader gives assignments', SyncGroup, sync, {
        ...{ ...member, ...chosen(sync) },
        assignments: [{ memberId: member.memberId, assignment: Buffer.from('mine') }],
      })
      await talk.ask('again without assignments', SyncGroup, sync, { ...member, ...chosen(sync), assignments: [] })
      await talk.ask('in time', Heartbeat, Math.min(version, 4), member)
      await talk.ask('stable', DescribeGroups, Math.min(version, 6), { groups: [groupId] })
      await talk.ask(
        'the leader joins again',
        JoinGroup,
        version,
        joining(version, groupId, { memberId: member.memberId }),
      )
      await talk.ask('before all have an assignment', Heartbeat, Math.min(version, 4), member)
      const leaving = Math.min(version, 5)
      const { memberId } = member
      await talk.ask(
        'leaves',
        LeaveGroup,
        leaving,
        leaving < 3 ? { groupId, memberId } : { groupId, members: [{ memberId }] },
      )
      await talk.ask('empty', DescribeGroups, Math.min(version, 6), { groups: [groupId] })
    }
  },
}

const joinRefused: Exchange = {
  id: 'join-group-refused',
  async play(talk) {
    const group = talk.fresh('g')
    const each = (label: string, more: object, groupId = group) =>
      talk.each(label, JoinGroup, version => joining(version, groupId, more))
    await each('an empty group', {}, '')
    await each('a session too short', { sessionTimeoutMs: 5999 })
    await each('a session too long', { sessionTimeoutMs: 1_800_001 })
    await each('an unknown member', { memberId: 'nobody' })
    await each('no protocols', { protocols: [] })
    await each('no protocol type', { protocolType: '' })
    await talk.each(
      'an unknown static member with an id',
      JoinGroup,
      version => joining(version, group, { memberId: 'nobody', groupInstanceId: 'i' }),
      { from: 5 },
    )
    await talk.each(
      'an empty instance id',
      JoinGroup,
      version => joining(version, talk.fresh('g'), { groupInstanceId: '' }),
      { from: 5 },
    )
    const there = talk.fresh('there')
    const member = await stable(talk, there)
    const ask = (label: string, more: object) => talk.ask(label, JoinGroup, 9, joining(9, there, more))
    await ask('another protocol type', { protocolType: 'connect' })
    await ask('no common protocol', { protocols: [{ name: 'other', metadata: subscription('t') }] })
    await ask('no common protocol of a member', {
      memberId: member.memberId,
      protocols: [{ name: 'other', metadata: subscription('t') }],
    })
    await ask('a member that is not in it', { memberId: 'nobody' })
    await describe(talk, 'all this', there)
    await leave(talk, there, member.memberId)
    await ask('another protocol type once empty', { protocolType: 'connect' })
  },
}

const memberRefused: Exchange = {
  id: 'group-member-refused',
  async play(talk) {
    const group = talk.fresh('g')
    const { memberId, generationId } = await stable(talk, group)
    const cases = [
      ['an unknown group', { groupId: talk.fresh('unknown'), generationId, memberId }],
      ['an empty group', { groupId: '', generationId, memberId }],
      ['an unknown member', { groupId: group, generationId, memberId: 'nobody' }],
      ['no member', { groupId: group, generationId, memberId: '' }],
      ['an older generation', { groupId: group, generationId: generationId - 1, memberId }],
      ['a newer generation', { groupId: group, generationId: generationId + 1, memberId }],
      ['a generation of -1', { groupId: group, generationId: -1, memberId }],
    ] as const
    for (const [label, of] of cases) {
      await talk.each(label, Heartbeat, () => of)
      await talk.each(label, SyncGroup, version => ({ ...of, ...chosen(version), assignments: [] }))
      await talk.each(label, LeaveGroup, version =>
        version < 3
          ? { groupId: of.groupId, memberId: of.memberId === memberId ? 'other' : of.memberId }
          : { groupId: of.groupId, members: [{ memberId: of.memberId === memberId ? 'other' : of.memberId }] },
      )
    }
    const me = { groupId: group, generationId, memberId }
    await talk.each('an instance that is not there', Heartbeat, () => ({ ...me, groupInstanceId: 'i' }), { from: 3 })
    await talk.each(
      'an instance that is not there',
      SyncGroup,
      version => ({ ...me, groupInstanceId: 'i', ...chosen(version), assignments: [] }),
      { from: 3 },
    )
    await talk.ask('no protocol', SyncGroup, 5, { ...me, assignments: [] })
    await talk.ask('another protocol', SyncGroup, 5, {
      ...me,
      protocolType: 'consumer',
      protocolName: 'other',
      assignments: [],
    })
    await talk.ask('another protocol type', SyncGroup, 5, {
      ...me,
      protocolType: 'connect',
      protocolName: 'range',
      assignments: [],
    })
    await talk.ask('the right protocol', SyncGroup, 5, {
      ...me,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments: [],
    })
    await talk.ask('several leave', LeaveGroup, 5, {
      groupId: group,
      members: [{ memberId: 'nobody' }, { memberId: '', groupInstanceId: 'i' }, { memberId }, { memberId }],
    })
    await talk.ask('nobody leaves', LeaveGroup, 5, { groupId: group, members: [] })
    await talk.ask('from an empty group', LeaveGroup, 5, { groupId: group, members: [{ memberId }] })
  },
}

const rebalance: Exchange = {
  id: 'group-rebalance',
  async play(talk) {
    const group = talk.fresh('g')
    const other = talk.another()
    const first = await stable(talk, group)
    talk.named(first.memberId, 'first')
    const { memberId } = await other.quietly(JoinGroup, 9, joining(9, group))
    talk.named(memberId, 'second')
    await describe(talk, 'a second member knocked', group)
    const joins = other.ask('second', JoinGroup, 9, joining(9, group, { memberId }))
    await talk.ask(
      'during the rebalance',
      Heartbeat,
      4,
      { groupId: group, ...first },
      {
        until: answer => answer.errorCode === codeOf('REBALANCE_IN_PROGRESS'),
      },
    )
    await describe(talk, 'the second member joined', group)
    await talk.ask('during the rebalance', SyncGroup, 4, { groupId: group, ...first, assignments: [] })
    await talk.ask('during the rebalance', OffsetCommit, 9, {
      ...{ groupId: group, memberId: first.memberId, generationIdOrMemberEpoch: first.generationId },
      topics: [{ name: 't', partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: null }] }],
    })
    const leader = await talk.ask('first again', JoinGroup, 9, joining(9, group, { memberId: first.memberId }))
    const follower = await joins
    const generationId = leader!.generationId
    await heartbeat(talk, 'before sync', group, { memberId: first.memberId, generationId })
    await heartbeat(talk, 'of the old generation', group, first)
    const waits = other.ask('the follower', SyncGroup, 4, {
      ...{ groupId: group, generationId, memberId: follower!.memberId },
      assignments: [],
    })
    await describe(talk, 'both joined', group)
    await talk.ask('the leader', SyncGroup, 4, {
      ...{ groupId: group, generationId, memberId: first.memberId },
      assignments: [
        { memberId: first.memberId, assignment: Buffer.from('one') },
        { memberId: follower!.memberId, assignment: Buffer.from('two') },
      ],
    })
    await waits
    await describe(talk, 'sync', group)
    await other.ask('the follower joins as before', JoinGroup, 9, joining(9, group, { memberId: follower!.memberId }))
    await leave(talk, group, first.memberId)
    await heartbeat(other, 'after the leader left', group, { memberId: follower!.memberId, generationId })
    await other.ask('alone', JoinGroup, 9, joining(9, group, { memberId: follower!.memberId }))
    await describe(talk, 'the leader left', group)
  },
}

const choice: Exchange = {
  id: 'group-protocol-choice',
  async play(talk) {
    const group = talk.fresh('g')
    const other = talk.another()
    const protocols = (...names: string[]) => ({
      protocols: names.map(name => ({ name, metadata: subscription('t') })),
    })
    const first = await stable(talk, group, protocols('a', 'b', 'c'))
    talk.named(first.memberId, 'first')
    const { memberId } = await other.quietly(JoinGroup, 9, joining(9, group, protocols('d', 'c', 'b')))
    talk.named(memberId, 'second')
    const joins = other.ask('second', JoinGroup, 9, joining(9, group, { memberId, ...protocols('d', 'c', 'b') }))
    await talk.quietly(Heartbeat, 4, { groupId: group, ...first })
    await talk.ask('first', JoinGroup, 9, joining(9, group, { memberId: first.memberId, ...protocols('a', 'b', 'c') }))
    await joins
    await describe(talk, 'the choice', group)
  },
}

const staticMembers: Exchange = {
  id: 'group-static-members',
  async play(talk) {
    const group = talk.fresh('g')
    const instance = { groupInstanceId: 'i1' }
    const first = await stable(talk, group, instance)
    await describe(talk, 'a static member joined', group)
    const again = await talk.ask('the instance again, without an id', JoinGroup, 9, joining(9, group, instance))
    await describe(talk, 'the instance came again', group)
    const old = { groupId: group, ...first, ...instance }
    await talk.each('of the fenced', Heartbeat, () => old, { from: 3 })
    await talk.each('of the fenced', SyncGroup, version => ({ ...old, ...chosen(version), assignments: [] }), {
      from: 3,
    })
    await talk.each(
      'of the fenced',
      JoinGroup,
      version => joining(version, group, { ...instance, memberId: first.memberId }),
      { from: 5 },
    )
    await talk.each(
      'of the fenced',
      LeaveGroup,
      () => ({
        groupId: group,
        members: [{ memberId: first.memberId, ...instance }],
      }),
      { from: 3 },
    )
    await talk.each(
      'of the fenced',
      OffsetCommit,
      version => ({
        ...{ groupId: group, memberId: first.memberId, generationIdOrMemberEpoch: first.generationId, ...instance },
        topics: [
          {
            ...(version < 10 ? { name: 't' } : { topicId: 'z1DhYYEPTUCeq10FlY0-dQ' }),
            partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: null }],
          },
        ],
      }),
      { from: 7 },
    )
    const now = { memberId: again!.memberId, generationId: again!.generationId }
    await talk.ask('of the new', Heartbeat, 4, { groupId: group, ...now, ...instance })
    await talk.ask(
      'the instance with other topics',
      JoinGroup,
      9,
      joining(9, group, {
        ...instance,
        protocols: [{ name: 'range', metadata: subscription('u') }],
      }),
    )
    await talk.ask('leaves by instance', LeaveGroup, 5, { groupId: group, members: [{ memberId: '', ...instance }] })
    await describe(talk, 'the instance left', group)
  },
}

const pending: Exchange = {
  id: 'group-pending-member',
  async play(talk) {
    const group = talk.fresh('g')
    const knocked = await talk.ask('knocks', JoinGroup, 4, joining(4, group))
    const memberId = knocked!.memberId
    await heartbeat(talk, 'of who only knocked', group, { memberId, generationId: -1 })
    await talk.ask('who only knocked', SyncGroup, 4, { groupId: group, memberId, generationId: -1, assignments: [] })
    await talk.ask(
      'who only knocked, of an instance',
      JoinGroup,
      9,
      joining(9, group, { memberId, groupInstanceId: 'i' }),
    )
    await talk.ask('of who only knocked', LeaveGroup, 5, { groupId: group, members: [{ memberId }] })
    await talk.ask('who left', JoinGroup, 9, joining(9, group, { memberId }))
    const { generationId, memberId: member } = await join(talk, group)
    await talk.ask('before sync', Heartbeat, 4, { groupId: group, generationId, memberId: member })
    await talk.ask('to a member that is not there', SyncGroup, 4, {
      ...{ groupId: group, generationId, memberId: member },
      assignments: [{ memberId: 'nobody', assignment: Buffer.from('x') }],
    })
  },
}

/** The classic group protocol. */
export const groups: readonly Exchange[] = [
  ...[joinVersions, joinRefused, memberRefused, rebalance, choice, staticMembers, pending],
]
