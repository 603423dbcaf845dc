/** Stories about members of groups of the classic protocol: resuming, subscribing, pausing, static ids. */
import assert from 'node:assert/strict'
import type { JoinOptions, Member } from '../clients/driver.ts'
import { assertEachOnce, assertInOrder } from './assertions.ts'
import { partitionsTo, shown, untilCommitted, untilShared } from './group-shares.ts'
import { numberedRecords, spreadRecords } from './sample-records.ts'
import type { Scenario } from './scenario.ts'
import { until } from './until.ts'

/** What one member sees of its group. */
export const membershipStories: readonly Scenario[] = [
  {
    id: 'resume-after-leaving',
    title: 'A member that comes after another has left goes on at the committed offset.',
    async play(stage) {
      const { client, prepareTopic, freshName } = stage
      const topic = await prepareTopic({ partitions: 4 })
      const group = freshName('group')
      const options: JoinOptions = { topics: [topic], from: 'earliest', commit: 'as-received' }
      await client.produce(topic, spreadRecords(25, 4))
      const first = await client.join(group, options)
      await untilCommitted(stage, group, topic, 25)
      await first.leave()
      assertEachOnce(first.received, partitionsTo(25))
      await client.produce(topic, spreadRecords(25, 4))
      const second = await client.join(group, options)
      await untilCommitted(stage, group, topic, 50)
      await second.leave()
      assertEachOnce(second.received, partitionsTo(50, 4, 25))
    },
  },
  {
    id: 'uncommitted-comes-again',
    title: 'What a member received and did not commit comes to the next member.',
    async play({ client, prepareTopic, freshName }) {
      const topic = await prepareTopic()
      const group = freshName('group')
      const options: JoinOptions = { topics: [topic], from: 'earliest', commit: 'never' }
      await client.produce(topic, numberedRecords(10))
      const first = await client.join(group, options)
      await until('ten records', () => first.received.length === 10)
      await first.leave()
      const second = await client.join(group, options)
      await until('ten records again', () => second.received.length === 10)
      assertEachOnce(second.received, [{ partition: 0, start: 0, end: 10 }])
    },
  },
  {
    id: 'two-topics',
    title: 'A group over two topics receives both, and two groups on one topic each receive everything.',
    async play({ client, prepareTopic, freshName }) {
      const topics = [await prepareTopic({ partitions: 2 }), await prepareTopic()]
      for (const topic of topics) await client.produce(topic, numberedRecords(20))
      const options: JoinOptions = { topics, from: 'earliest', commit: 'as-received' }
      const members = [await client.join(freshName('group'), options), await client.join(freshName('group'), options)]
      for (const member of members) {
        await until('all records of both topics', () => member.received.length === 40)
        for (const topic of topics) {
          assertEachOnce(
            member.received.filter(each => each.topic === topic),
            [{ partition: 0, start: 0, end: 20 }],
          )
        }
        assert.equal(member.assignment().length, 3)
      }
    },
  },
  {
    id: 'topics-by-pattern',
    title: 'A pattern subscribes to the topics whose names match, and to no others.',
    async play({ client, stagehand, prepareTopic, freshName }) {
      const name = freshName('topic')
      const topics = [`${name}.a`, `${name}.b`, `other-${name}.c`]
      for (const topic of topics) {
        await prepareTopic({ partitions: 2 }, topic)
        await stagehand.produce(topic, spreadRecords(5, 2))
      }
      const pattern = `^${name}[.]`
      const member = await client.join(freshName('group'), {
        topics: [pattern],
        from: 'earliest',
        commit: 'as-received',
      })
      await until('four partitions', () => member.assignment().length === 4)
      assert.deepEqual([...new Set(member.assignment().map(({ topic }) => topic))], topics.slice(0, 2))
      await until('records of both topics', () => member.received.length === 20)
      assertEachOnce(
        member.received.filter(({ topic }) => topic === topics[0]),
        partitionsTo(5, 2),
      )
    },
  },
  {
    id: 'pause-and-resume',
    title:
      'A paused partition rests while the other goes on; when it resumes nothing is missing and nothing comes twice.',
    async play({ client, prepareTopic, freshName }) {
      const topic = await prepareTopic({ partitions: 2 })
      const member = await client.join(freshName('group'), { topics: [topic], from: 'earliest', commit: 'as-received' })
      await until('assignment', () => member.assignment().length === 2)
      await client.produce(topic, spreadRecords(10, 2))
      await until('the first records', () => member.received.length === 20)
      member.pause(topic, 1)
      await client.produce(topic, spreadRecords(500, 2))
      await until(
        'the records of the other partition',
        () => member.received.filter(each => each.partition === 0).length === 510,
      )
      const paused = member.received.filter(each => each.partition === 1).length
      assert.equal(paused, 10, 'nothing of the paused partition')
      member.resume(topic, 1)
      await until('the records of the paused partition', () => member.received.length === 1020)
      assertEachOnce(member.received, partitionsTo(510, 2))
      assertInOrder(member.received)
    },
  },
  {
    id: 'static-member',
    title: 'A static member that returns in time has its partitions again, and the other never loses its own.',
    deadlineMs: 60_000,
    async play({ client, stagehand, prepareTopic, freshName }) {
      const topic = await prepareTopic({ partitions: 4 })
      const group = freshName('group')
      const options: JoinOptions = {
        topics: [topic],
        from: 'earliest',
        commit: 'as-received',
        sessionTimeoutMs: 30_000,
      }
      const first = await client.join(group, { ...options, instanceId: 'one' })
      const second = await client.join(group, { ...options, instanceId: 'two' })
      await untilShared([first, second], [2, 2])
      const [had, kept] = [shown(first.assignment()), shown(second.assignment())]
      await first.leave()
      assert.equal((await stagehand.describeGroup(group)).state, 'Stable')
      const again = await client.join(group, { ...options, instanceId: 'one' })
      await untilShared([again, second], [2, 2])
      assert.equal(shown(again.assignment()), had)
      assert.equal(shown(second.assignment()), kept)
      const { memberCount, state } = await stagehand.describeGroup(group)
      assert.deepEqual({ memberCount, state }, { memberCount: 2, state: 'Stable' })
    },
  },
  {
    id: 'static-member-fenced',
    title: 'When a second member takes the same static id, the first is shut out and the second gets its partitions.',
    async play({ client, prepareTopic, freshName }) {
      const topic = await prepareTopic({ partitions: 2 })
      const group = freshName('group')
      const options: JoinOptions = { topics: [topic], from: 'earliest', commit: 'as-received', instanceId: 'the-one' }
      const older = await client.join(group, options)
      await untilShared([older], [2])
      const newer = await client.join(group, options)
      await untilShared([newer], [2])
      await until('the older member shut out', () => failureOf(older) !== undefined)
      await client.produce(topic, spreadRecords(5, 2))
      await until('records at the newer member', () => newer.received.length === 10)
    },
  },
]

function failureOf(member: Member): string | undefined {
  try {
    member.assignment()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
