import {
  DeleteGroups,
  DeleteTopics,
  OffsetCommit,
  OffsetDelete,
  OffsetFetch,
} from '../../../protocol/messages/index.ts'
import type { RequestWrite } from '../../../protocol/schema/notation.ts'
import type { Exchange } from '../exchange.ts'
import type { MadeTopic, Talk } from '../talk.ts'
import { leave, stable, subscription } from './group-members.ts'

type Committing = RequestWrite<typeof OffsetCommit>
type CommitPartition = Committing['topics'][number]['partitions'][number]

const unknown: MadeTopic = { name: 'no-such-topic', id: 'z1DhYYEPTUCeq10FlY0-dQ' }

const offset = (
  partitionIndex: number,
  committedOffset: number,
  more: Partial<CommitPartition> = {},
): CommitPartition => ({
  ...{ partitionIndex, committedOffset, committedMetadata: '' },
  ...more,
})

const commit = (
  version: number,
  groupId: string,
  topic: MadeTopic,
  partitions: readonly CommitPartition[],
  more: Partial<Committing> = {},
): Committing => ({
  groupId,
  topics: [{ ...(version < 10 ? { name: topic.name } : { topicId: topic.id }), partitions }],
  ...more,
})

/** Asks for offsets of a topic, or of all topics without one, in the version's form. */
const fetchOf = (
  version: number,
  groupId: string,
  topic: MadeTopic | null,
  partitionIndexes: readonly number[],
  more: { memberId?: string; memberEpoch?: number; requireStable?: boolean } = {},
): RequestWrite<typeof OffsetFetch> => {
  const { requireStable, ...member } = more
  const stableOnly = version >= 7 && requireStable ? { requireStable } : {}
  if (version < 8) {
    return { groupId, topics: topic === null ? null : [{ name: topic.name, partitionIndexes }], ...stableOnly }
  }
  const named = version < 10 ? { name: topic?.name ?? '' } : { topicId: topic?.id ?? '' }
  return {
    groups: [{ groupId, topics: topic === null ? null : [{ ...named, partitionIndexes }], ...member }],
    ...stableOnly,
  }
}

const fetchAll = (talk: Talk, label: string, groupId: string) =>
  talk.ask(`after ${label}`, OffsetFetch, 9, fetchOf(9, groupId, null, []))

const versions: Exchange = {
  id: 'offset-commit-versions',
  async play(talk) {
    const topic = await talk.topic('t', 3)
    for (const version of talk.versions(OffsetCommit)) {
      const group = talk.fresh('g')
      await talk.ask(
        'without members',
        OffsetCommit,
        version,
        commit(version, group, topic, [
          offset(0, 5, version >= 6 ? { committedLeaderEpoch: 3 } : {}),
          offset(1, 0, { committedMetadata: 'm' }),
        ]),
      )
      await fetchAll(talk, `commit ${version}`, group)
    }
    const group = talk.fresh('g')
    await talk.quietly(
      OffsetCommit,
      9,
      commit(9, group, topic, [offset(0, 7, { committedLeaderEpoch: 2 }), offset(1, 9, { committedMetadata: 'm' })]),
    )
    await talk.each('some', OffsetFetch, version => fetchOf(version, group, topic, [0, 1, 2, 9]))
    await talk.each('all', OffsetFetch, version => fetchOf(version, group, null, []), { from: 2 })
    await talk.each('stable', OffsetFetch, version => fetchOf(version, group, topic, [0], { requireStable: true }), {
      from: 7,
    })
    await talk.each('of an unknown topic', OffsetFetch, version => fetchOf(version, group, unknown, [0]))
    await talk.each('of an unknown group', OffsetFetch, version => fetchOf(version, talk.fresh('unknown'), topic, [0]))
    await talk.each(
      'all of an unknown group',
      OffsetFetch,
      version => fetchOf(version, talk.fresh('unknown'), null, []),
      { from: 2 },
    )
    await talk.each('of an empty group', OffsetFetch, version => fetchOf(version, '', topic, [0]))
    await talk.each('no topics', OffsetFetch, version =>
      version < 8 ? { groupId: group, topics: [] } : { groups: [{ groupId: group, topics: [] }] },
    )
    await talk.each(
      'as a member',
      OffsetFetch,
      version => fetchOf(version, group, topic, [0], { memberId: 'nobody', memberEpoch: 3 }),
      { from: 9 },
    )
    await talk.ask('several groups', OffsetFetch, 9, {
      groups: [group, talk.fresh('other'), group].map(groupId => ({
        groupId,
        topics: [{ name: topic.name, partitionIndexes: [0] }],
      })),
    })
    await talk.ask('no groups', OffsetFetch, 9, { groups: [] })
  },
}

const refused: Exchange = {
  id: 'offset-commit-refused',
  async play(talk) {
    const topic = await talk.topic('t', 2)
    const each = (
      label: string,
      group: string,
      partitions: CommitPartition[],
      more: Partial<Committing> = {},
      of = topic,
    ) => talk.each(label, OffsetCommit, version => commit(version, group, of, partitions, more))
    const group = talk.fresh('g')
    await each('an unknown topic', group, [offset(0, 1)], {}, unknown)
    await each('an unknown partition', group, [offset(9, 1), offset(0, 1)])
    await each('an empty group', '', [offset(0, 1)])
    await each('a generation without a group', talk.fresh('none'), [offset(0, 1)], {
      generationIdOrMemberEpoch: 3,
      memberId: 'm',
    })
    await each('metadata too long', group, [offset(0, 1, { committedMetadata: 'x'.repeat(4097) }), offset(1, 2)])
    await each('metadata null', group, [offset(0, 1, { committedMetadata: null })])
    await each('a negative offset', group, [offset(0, -5)])
    await fetchAll(talk, 'a negative offset', group)
    await talk.ask('no topics', OffsetCommit, 9, { groupId: talk.fresh('g'), topics: [] })
    await talk.ask('a partition twice', OffsetCommit, 9, commit(9, group, topic, [offset(0, 1), offset(0, 2)]))
    await fetchAll(talk, 'a partition twice', group)
    await talk.ask('a member id alone', OffsetCommit, 9, commit(9, group, topic, [offset(0, 1)], { memberId: 'm' }))
    await talk.ask(
      'an instance id alone',
      OffsetCommit,
      9,
      commit(9, group, topic, [offset(0, 1)], { groupInstanceId: 'i' }),
    )
    // The group without a name is there now, and other exchanges speak of it.
    await talk.ask('the group without a name', DeleteGroups, 2, { groupsNames: [''] })
  },
}

const members: Exchange = {
  id: 'offset-commit-members',
  async play(talk) {
    const topic = await talk.topic('t', 2)
    const group = talk.fresh('g')
    const { memberId, generationId } = await stable(talk, group, {
      protocols: [{ name: 'range', metadata: subscription(topic.name) }],
    })
    const each = (label: string, more: Partial<Committing>) =>
      talk.each(label, OffsetCommit, version => commit(version, group, topic, [offset(0, 3)], more))
    await each('of the member', { memberId, generationIdOrMemberEpoch: generationId })
    await each('of an unknown member', { memberId: 'nobody', generationIdOrMemberEpoch: generationId })
    await each('of an older generation', { memberId, generationIdOrMemberEpoch: generationId - 1 })
    await each('of a newer generation', { memberId, generationIdOrMemberEpoch: generationId + 1 })
    await each('of no member', {})
    await each('of a member without generation', { memberId })
    await fetchAll(talk, 'all this', group)
    const remove = (label: string, groupId: string, name: string, ...partitions: number[]) =>
      talk.ask(label, OffsetDelete, 0, {
        groupId,
        topics: [{ name, partitions: partitions.map(partitionIndex => ({ partitionIndex })) }],
      })
    await remove('of a subscribed topic', group, topic.name, 0)
    await remove('of another topic', group, unknown.name, 0)
    await leave(talk, group, memberId)
    await each('of the member that left', { memberId, generationIdOrMemberEpoch: generationId })
    await each('of no member, in an empty group', {})
    await remove('of an empty group', group, topic.name, 0, 1, 9)
    await fetchAll(talk, 'deletion', group)
    await remove('of an unknown group', talk.fresh('unknown'), topic.name, 0)
    await remove('of a group without name', '', topic.name, 0)
    await remove('an unknown topic', group, unknown.name, 0)
    const connect = talk.fresh('connect')
    await stable(talk, connect, { protocolType: 'connect' })
    await remove('of a live group that is no consumer', connect, topic.name, 0)
  },
}

const topicGone: Exchange = {
  id: 'offsets-of-a-deleted-topic',
  async play(talk) {
    const topic = await talk.topic('t', 1)
    const group = talk.fresh('g')
    await talk.quietly(OffsetCommit, 9, commit(9, group, topic, [offset(0, 7)]))
    await talk.quietly(DeleteTopics, 6, { topics: [{ name: topic.name }], timeoutMs: 10_000 })
    await talk.ask('by name', OffsetFetch, 9, fetchOf(9, group, topic, [0]), {
      until: answer => answer.groups[0]?.topics[0]?.partitions[0]?.committedOffset === -1,
    })
    await talk.ask('by id', OffsetFetch, 10, fetchOf(10, group, topic, [0]))
    await talk.ask('all', OffsetFetch, 9, fetchOf(9, group, null, []))
  },
}

/** Committed offsets. */
export const groupOffsets: readonly Exchange[] = [versions, refused, members, topicGone]
