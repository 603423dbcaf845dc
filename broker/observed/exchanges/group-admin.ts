import { codeOf } from '../../../protocol/errors.ts'
import {
  DeleteGroups,
  DescribeGroups,
  FindCoordinator,
  ListGroups,
  OffsetCommit,
} from '../../../protocol/messages/index.ts'
import type { Exchange } from '../exchange.ts'
import { leave, only, stable } from './group-members.ts'

const unavailable = codeOf('COORDINATOR_NOT_AVAILABLE')

const coordinators: Exchange = {
  id: 'find-coordinator',
  async play(talk) {
    const group = talk.fresh('g')
    const ready = (answer: { errorCode: number; coordinators: { errorCode: number }[] }): boolean =>
      answer.errorCode !== unavailable && answer.coordinators.every(({ errorCode }) => errorCode !== unavailable)
    const of =
      (keyType: number, ...keys: string[]) =>
      (version: number) => ({
        ...(version < 4 ? { key: keys[0]! } : { coordinatorKeys: keys }),
        ...(version < 1 ? {} : { keyType }),
      })
    await talk.each('a group', FindCoordinator, of(0, group), { until: ready })
    await talk.each('an empty group', FindCoordinator, of(0, ''), { until: ready })
    await talk.each('a transaction', FindCoordinator, of(1, talk.fresh('tx')), { from: 1, until: ready })
    await talk.each('an unknown type', FindCoordinator, of(9, group), { from: 1 })
    await talk.each('several groups', FindCoordinator, of(0, group, 'b', ''), { from: 4, until: ready })
    await talk.each('a group twice', FindCoordinator, of(0, group, group), { from: 4 })
    await talk.each('none', FindCoordinator, of(0), { from: 4 })
    await talk.each('a share partition of no form', FindCoordinator, of(2, group), { from: 4 })
  },
}

const admin: Exchange = {
  id: 'group-admin',
  async play(talk) {
    const [unknown, live, empty, simple] = [talk.fresh('a'), talk.fresh('b'), talk.fresh('c'), talk.fresh('d')]
    await stable(talk, live)
    const other = talk.another()
    const gone = await stable(other, empty)
    await leave(other, empty, gone.memberId)
    const { name } = await talk.topic('t')
    await talk.quietly(OffsetCommit, 9, {
      groupId: simple,
      topics: [{ name, partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: '' }] }],
    })
    const all = [unknown, live, empty, simple]
    await talk.each('four kinds', DescribeGroups, () => ({ groups: all }))
    await talk.each('an empty name', DescribeGroups, () => ({ groups: [''] }))
    await talk.each(
      'with authorised operations',
      DescribeGroups,
      () => ({
        groups: [live, unknown],
        includeAuthorizedOperations: true,
      }),
      { from: 3 },
    )
    await talk.each('a group twice', DescribeGroups, () => ({ groups: [empty, empty] }))
    await talk.each('none', DescribeGroups, () => ({ groups: [] }))
    const pick = only(...all)
    await talk.each('all', ListGroups, () => ({}), { pick })
    const states = (...statesFilter: string[]) =>
      talk.each(`states ${statesFilter}`, ListGroups, () => ({ statesFilter }), { from: 4, pick })
    await states('Stable')
    await states('empty', 'STABLE')
    await states('Dead')
    await states('NoSuchState')
    await states('Stable', 'NoSuchState')
    await states('CompletingRebalance')
    const types = (...typesFilter: string[]) =>
      talk.each(`types ${typesFilter}`, ListGroups, () => ({ typesFilter }), { from: 5, pick })
    await types('classic')
    await types('CLASSIC', 'consumer')
    await types('share')
    await types('no-such-type')
    await talk.ask('a state and a type', ListGroups, 5, { statesFilter: ['Empty'], typesFilter: ['Classic'] }, { pick })
    await talk.each('unknown, live, without name', DeleteGroups, () => ({ groupsNames: [unknown, live, ''] }))
    await talk.ask('empty', DeleteGroups, 2, { groupsNames: [empty, simple] })
    await talk.ask('again', DeleteGroups, 2, { groupsNames: [empty, simple] })
    await talk.ask('a group twice', DeleteGroups, 2, { groupsNames: [unknown, unknown] })
    await talk.ask('none', DeleteGroups, 2, { groupsNames: [] })
    await talk.ask('all in the end', ListGroups, 5, {}, { pick })
  },
}

/** Where groups are, and what tools ask about them. */
export const groupAdmin: readonly Exchange[] = [coordinators, admin]
