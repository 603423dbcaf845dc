import test from 'ava'
import type { JoinReply } from './group-replies.ts'
import { GroupWorld } from './group-world.test.fixture.ts'

const join = (world: GroupWorld, groupId: string): JoinReply => {
  const { effects } = world.ask(request => ({
    type: 'join',
    request,
    groupId,
    memberId: '',
    groupInstanceId: null,
    newMemberId: `member-${request}`,
    clientId: 'client',
    clientHost: '/127.0.0.1',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 10_000,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
    memberIdRequired: true,
    canSkipAssignment: true,
  }))
  const reply = effects.find(effect => effect.type === 'reply')
  return reply!.reply as JoinReply
}

test('a client that joins again and again, whatever the group, meets a bound, until the ids it got expire', t => {
  const world = new GroupWorld()
  for (let n = 0; n < 100_000; n++) {
    if (join(world, `group-${n % 1000}`).error !== 'MEMBER_ID_REQUIRED') return t.fail(`refused at ${n}`)
  }
  t.is(join(world, 'one-more').error, 'COORDINATOR_NOT_AVAILABLE')
  t.is(join(world, 'group-1').error, 'COORDINATOR_NOT_AVAILABLE')
  const fired = world.pass(10_000)
  t.truthy(fired)
  t.is(join(world, 'one-more').error, 'MEMBER_ID_REQUIRED')
})
