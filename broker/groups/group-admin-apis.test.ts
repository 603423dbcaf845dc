/** FindCoordinator, DescribeGroups, ListGroups, DeleteGroups as clients of each version see them; as observed with Kafka 4.3. */
import test from 'ava'
import { nameOf } from '../../protocol/errors.ts'
import { deleteGroups } from '../handlers/delete-groups.ts'
import { describeGroups } from '../handlers/describe-groups.ts'
import { findCoordinator } from '../handlers/find-coordinator.ts'
import { joinGroup } from '../handlers/join-group.ts'
import { listGroups } from '../handlers/list-groups.ts'
import { offsetCommit } from '../handlers/offset-commit.ts'
import { syncGroup } from '../handlers/sync-group.ts'
import { GroupBroker } from './group-broker.test.fixture.ts'

/** A Stable group `live` of one member, and an Empty one, `offsets`, that is only offsets. */
const brokerWithGroups = async (): Promise<{ broker: GroupBroker; memberId: string }> => {
  const broker = await GroupBroker.start()
  const { memberId } = await broker.ask(joinGroup, 3, {
    groupId: 'live',
    sessionTimeoutMs: 10_000,
    memberId: '',
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.from('sub') }],
  })
  const assignments = [{ memberId, assignment: Buffer.from('mine') }]
  await broker.ask(syncGroup, 0, { groupId: 'live', generationId: 1, memberId, assignments })
  const partitions = [{ partitionIndex: 0, committedOffset: 1, committedMetadata: '' }]
  await broker.ask(offsetCommit, 2, { groupId: 'offsets', topics: [{ name: 't', partitions }] })
  return { broker, memberId }
}

test('one coordinator is found up to version 3, many from version 4', async t => {
  const broker = await GroupBroker.start()
  const here = { nodeId: 1, host: 'samsa', port: 9092, errorCode: 0 }
  for (let version = 0; version <= 3; version++) {
    const found = await broker.ask(findCoordinator, version, { key: 'g' })
    t.like(found, { ...here, errorMessage: version === 0 ? '' : 'NONE' })
  }
  for (let version = 4; version <= 6; version++) {
    const { coordinators } = await broker.ask(findCoordinator, version, { coordinatorKeys: ['g', ''] })
    t.deepEqual(coordinators, [
      { key: 'g', ...here, errorMessage: '' },
      { key: '', ...here, errorMessage: '' },
    ])
  }
})

test('coordinators of what is not served are refused, each key for itself', async t => {
  const broker = await GroupBroker.start()
  for (const keyType of [2, 9]) {
    const alone = await broker.ask(findCoordinator, 3, { key: 'k', keyType })
    t.is(nameOf(alone.errorCode), 'INVALID_REQUEST')
    t.like(alone, { nodeId: -1, host: '', port: -1 })
    const { coordinators } = await broker.ask(findCoordinator, 6, { coordinatorKeys: ['k'], keyType })
    t.is(nameOf(coordinators[0]!.errorCode), 'INVALID_REQUEST')
  }
})

for (let version = 0; version <= 6; version++) {
  test(`groups are described in version ${version}`, async t => {
    const { broker, memberId } = await brokerWithGroups()
    const asked = version >= 3 ? { includeAuthorizedOperations: true } : {}
    const { groups } = await broker.ask(describeGroups, version, { groups: ['live', 'offsets', 'nobody'], ...asked })
    const operations = version >= 3 ? 3400 : -2147483648
    t.like(groups[0], {
      errorCode: 0,
      groupState: 'Stable',
      protocolType: 'consumer',
      protocolData: 'range',
      authorizedOperations: operations,
    })
    t.deepEqual(groups[0]!.members, [
      {
        memberId,
        groupInstanceId: null,
        clientId: 'client',
        clientHost: '/10.0.0.9',
        memberMetadata: Buffer.from('sub'),
        memberAssignment: Buffer.from('mine'),
      },
    ])
    t.like(groups[1], { errorCode: 0, groupState: 'Empty', protocolType: '', protocolData: '', members: [] })
    t.is(groups[2]!.groupState, 'Dead')
    t.is(nameOf(groups[2]!.errorCode), version >= 6 ? 'GROUP_ID_NOT_FOUND' : 'NONE')
    t.is(groups[2]!.errorMessage, version >= 6 ? 'Group nobody not found.' : null)
  })
}

test('authorised operations are told only to those who ask', async t => {
  const { broker } = await brokerWithGroups()
  const { groups } = await broker.ask(describeGroups, 5, { groups: ['live'] })
  t.is(groups[0]!.authorizedOperations, -2147483648)
})

test('groups are listed by state and type, in any case', async t => {
  const { broker } = await brokerWithGroups()
  const list = async (statesFilter: readonly string[], typesFilter: readonly string[] = []) => {
    const { groups } = await broker.ask(listGroups, 5, { statesFilter, typesFilter })
    return groups.map(({ groupId, groupState, groupType }) => `${groupId} ${groupState} ${groupType}`).sort()
  }
  t.deepEqual(await list([]), ['live Stable classic', 'offsets Empty classic'])
  t.deepEqual(await list(['STABLE', 'Dead']), ['live Stable classic'])
  t.deepEqual(await list(['empty'], ['Classic']), ['offsets Empty classic'])
  t.deepEqual(await list(['no state']), [])
  t.deepEqual(await list([], ['consumer']), [])
  t.deepEqual(await list([], ['no type', '']), [])
  const { groups } = await broker.ask(listGroups, 0, {})
  t.deepEqual(groups.map(({ groupId, protocolType }) => `${groupId} ${protocolType}`).sort(), [
    'live consumer',
    'offsets ',
  ])
})

for (let version = 0; version <= 3; version++) {
  test(`groups are deleted in version ${version}, each with a result of its own`, async t => {
    const { broker } = await brokerWithGroups()
    const { results } = await broker.ask(deleteGroups, version, { groupsNames: ['live', 'offsets', 'nobody', 'live'] })
    t.deepEqual(
      results.map(({ groupId, errorCode }) => `${groupId} ${nameOf(errorCode)}`),
      ['live NON_EMPTY_GROUP', 'offsets NONE', 'nobody GROUP_ID_NOT_FOUND'],
    )
    const { groups } = await broker.ask(listGroups, 0, {})
    t.deepEqual(
      groups.map(({ groupId }) => groupId),
      ['live'],
    )
  })
}
