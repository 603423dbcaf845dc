/** JoinGroup, SyncGroup, Heartbeat, LeaveGroup as clients of each version see them; as observed with Kafka 4.3. */
import test from 'ava'
import { nameOf } from '../../protocol/errors.ts'
import { configOperations } from '../cluster/config-decisions.ts'
import { resourceTypes } from '../cluster/metadata-image.ts'
import { heartbeat } from '../handlers/heartbeat.ts'
import { joinGroup } from '../handlers/join-group.ts'
import { leaveGroup } from '../handlers/leave-group.ts'
import { syncGroup } from '../handlers/sync-group.ts'
import { GroupBroker } from './group-broker.test.fixture.ts'

interface Join {
  readonly groupId?: string
  readonly memberId?: string
  readonly groupInstanceId?: string | null
  readonly sessionTimeoutMs?: number
  readonly rebalanceTimeoutMs?: number
  readonly protocolType?: string
}

const join = (broker: GroupBroker, version: number, of: Join = {}) =>
  broker.ask(joinGroup, version, {
    groupId: 'g',
    sessionTimeoutMs: 10_000,
    ...(version >= 1 ? { rebalanceTimeoutMs: 20_000 } : {}),
    memberId: '',
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.from('sub') }],
    ...of,
  })

/** Joins as clients do: again with the id, where one is given first. */
const enter = async (broker: GroupBroker, version: number, of: Join = {}) => {
  const first = await join(broker, version, of)
  return nameOf(first.errorCode) === 'MEMBER_ID_REQUIRED'
    ? await join(broker, version, { ...of, memberId: first.memberId })
    : first
}

const sync = (broker: GroupBroker, version: number, memberId: string, generationId: number, groupId = 'g') =>
  broker.ask(syncGroup, version, {
    groupId,
    generationId,
    memberId,
    ...(version >= 5 ? { protocolType: 'consumer', protocolName: 'range' } : {}),
    assignments: [{ memberId, assignment: Buffer.from('mine') }],
  })

for (let version = 0; version <= 9; version++) {
  test(`a member joins, gets its assignment, beats and leaves, in version ${version} of JoinGroup`, async t => {
    const broker = await GroupBroker.start()
    const joined = await enter(broker, version)
    t.is(joined.errorCode, 0)
    t.is(joined.generationId, 1)
    t.is(joined.protocolName, 'range')
    t.is(joined.protocolType, version >= 7 ? 'consumer' : null)
    t.is(joined.leader, joined.memberId)
    t.regex(joined.memberId, /^client-[0-9a-f-]{36}$/)
    t.deepEqual(joined.members, [{ memberId: joined.memberId, groupInstanceId: null, metadata: Buffer.from('sub') }])
    const { memberId } = joined
    const assigned = await sync(broker, Math.min(version, 5), memberId, 1)
    t.is(assigned.assignment.toString(), 'mine')
    t.is(assigned.protocolName, version >= 5 ? 'range' : null)
    const beat = { groupId: 'g', generationId: 1, memberId }
    t.is((await broker.ask(heartbeat, Math.min(version, 4), beat)).errorCode, 0)
    const leaving = version < 3 ? { memberId } : { members: [{ memberId, groupInstanceId: null }] }
    const left = await broker.ask(leaveGroup, Math.min(version, 5), { groupId: 'g', ...leaving })
    t.is(left.errorCode, 0)
    t.deepEqual(left.members, version < 3 ? [] : [{ memberId, groupInstanceId: null, errorCode: 0 }])
  })
}

test('a static member of version 5 and later is told its instance with the members', async t => {
  const broker = await GroupBroker.start()
  const { members, memberId } = await join(broker, 5, { groupInstanceId: 'i1' })
  t.deepEqual(members, [{ memberId, groupInstanceId: 'i1', metadata: Buffer.from('sub') }])
  t.regex(memberId, /^i1-/)
})

test('a member id is required from version 4', async t => {
  const broker = await GroupBroker.start()
  t.is(nameOf((await join(broker, 4)).errorCode), 'MEMBER_ID_REQUIRED')
  t.is(nameOf((await join(broker, 3)).errorCode), 'NONE')
})

test('the rebalance timeout of version 0 is the session timeout, and 0 is no timeout at all', async t => {
  for (const [version, rebalanceTimeoutMs, timeoutMs] of [
    [0, -1, 10_000],
    [1, 0, 10_000],
    [1, 3000, 3000],
  ] as const) {
    const broker = await GroupBroker.start()
    const of = version === 0 ? {} : { rebalanceTimeoutMs }
    const first = await join(broker, version, of)
    await sync(broker, 0, first.memberId, 1)
    let generation = 0
    const second = join(broker, version, of).then(joined => {
      generation = joined.generationId
    })
    // The first member lives, but doesn't join again.
    const beat = () => broker.ask(heartbeat, 0, { groupId: 'g', generationId: 1, memberId: first.memberId })
    await broker.clock.advance(timeoutMs - 1000)
    await beat()
    t.is(generation, 0)
    await broker.clock.advance(1000)
    await second
    t.is(generation, 2)
  }
})

test('the session timeout must be one that the broker allows', async t => {
  const settings = { 'group.min.session.timeout.ms': '1000', 'group.max.session.timeout.ms': '2000' }
  const broker = await GroupBroker.start(settings)
  for (const [sessionTimeoutMs, error] of [
    [999, 'INVALID_SESSION_TIMEOUT'],
    [1000, 'NONE'],
    [2000, 'NONE'],
    [2001, 'INVALID_SESSION_TIMEOUT'],
  ] as const) {
    const { errorCode } = await join(broker, 3, { groupId: `${sessionTimeoutMs}`, sessionTimeoutMs })
    t.is(nameOf(errorCode), error)
  }
})

test('a refusal of JoinGroup has no generation, no leader, and no protocol as each version says that', async t => {
  const broker = await GroupBroker.start()
  for (const [version, none] of [
    [0, ''],
    [6, ''],
    [7, null],
    [9, null],
  ] as const) {
    const refused = await join(broker, version, { groupId: '', memberId: 'me' })
    t.like(refused, { generationId: -1, protocolType: null, protocolName: none, leader: '', memberId: 'me' })
    t.is(nameOf(refused.errorCode), 'INVALID_GROUP_ID')
    t.deepEqual(refused.members, [])
  }
})

test('without a group id nothing works', async t => {
  const broker = await GroupBroker.start()
  t.is(nameOf((await sync(broker, 4, 'm', 1, '')).errorCode), 'INVALID_GROUP_ID')
  const beat = await broker.ask(heartbeat, 4, { groupId: '', generationId: 1, memberId: 'm' })
  t.is(nameOf(beat.errorCode), 'INVALID_GROUP_ID')
  const left = await broker.ask(leaveGroup, 2, { groupId: '', memberId: 'm' })
  t.is(nameOf(left.errorCode), 'INVALID_GROUP_ID')
})

test('SyncGroup 5 must say which protocol', async t => {
  const broker = await GroupBroker.start()
  const request = { groupId: 'g', generationId: 1, memberId: 'm', assignments: [] }
  t.is(nameOf((await broker.ask(syncGroup, 5, request)).errorCode), 'INCONSISTENT_GROUP_PROTOCOL')
  t.is(nameOf((await broker.ask(syncGroup, 4, request)).errorCode), 'UNKNOWN_MEMBER_ID')
})

test('many leave at once, each with a result of its own', async t => {
  const broker = await GroupBroker.start()
  await join(broker, 9, { groupInstanceId: 'i1' })
  const members = [
    { memberId: '', groupInstanceId: 'i1' },
    { memberId: '', groupInstanceId: 'i2' },
    { memberId: 'nobody', groupInstanceId: null },
  ]
  const { errorCode, members: results } = await broker.ask(leaveGroup, 5, { groupId: 'g', members })
  t.is(errorCode, 0)
  t.deepEqual(
    results.map(result => [result.memberId, result.groupInstanceId, nameOf(result.errorCode)]),
    [
      ['', 'i1', 'NONE'],
      ['', 'i2', 'UNKNOWN_MEMBER_ID'],
      ['nobody', null, 'UNKNOWN_MEMBER_ID'],
    ],
  )
  const alone = await broker.ask(leaveGroup, 0, { groupId: 'g', memberId: 'nobody' })
  t.is(nameOf(alone.errorCode), 'UNKNOWN_MEMBER_ID')
})

test('the initial delay is a live setting', async t => {
  const broker = await GroupBroker.start()
  const change = { name: 'group.initial.rebalance.delay.ms', operation: configOperations.SET, value: '3000' }
  const [changed] = await broker.cluster.alterConfigs([
    { type: resourceTypes.BROKER, name: '', changes: [change], replace: false },
  ])
  t.is(changed, null)
  let joined = false
  const joining = join(broker, 3).then(() => {
    joined = true
  })
  await broker.clock.advance(2999)
  t.false(joined)
  await broker.clock.advance(1)
  await joining
  t.true(joined)
})
