/** Stories about rebalances of the classic protocol: members that come, go and crash. */
import assert from 'node:assert/strict'
import type { JoinOptions, JournalEntry } from '../clients/driver.ts'
import { assertEachOnce, assertInOrder, assertNoRepeatOfCommitted } from './assertions.ts'
import { Flow } from './flow.ts'
import { partitionsTo, untilCommitted, untilShared } from './group-shares.ts'
import { spreadRecords } from './sample-records.ts'
import type { Scenario } from './scenario.ts'
import { until } from './until.ts'

const assignors = ['range', 'roundrobin', 'cooperative-sticky'] as const

const calmRebalances = assignors.map(
  (assignor): Scenario => ({
    id: `two-members-${assignor}`,
    title: `With the ${assignor} assignor a second member takes its share and gives it back; each record comes exactly once.`,
    notFor: assignor === 'roundrobin' ? { kcat: 'it commits only every five seconds, and range is told already' } : {},
    deadlineMs: 60_000,
    async play(stage) {
      const { client, prepareTopic, freshName } = stage
      const topic = await prepareTopic({ partitions: 4 })
      const group = freshName('group')
      const options: JoinOptions = { topics: [topic], from: 'earliest', commit: 'as-received', assignor }
      const first = await client.join(group, options)
      await untilShared([first], [4])
      await client.produce(topic, spreadRecords(100, 4))
      await untilCommitted(stage, group, topic, 100)
      const second = await client.join(group, options)
      await untilShared([first, second], [2, 2])
      await client.produce(topic, spreadRecords(100, 4))
      await untilCommitted(stage, group, topic, 200)
      assert.equal(second.received.length, 200, 'the second member had two partitions of a hundred records')
      await second.leave()
      await untilShared([first], [4])
      await client.produce(topic, spreadRecords(100, 4))
      await untilCommitted(stage, group, topic, 300)
      assertEachOnce([...first.received, ...second.received], partitionsTo(300))
      assertInOrder(first.received)
      assertInOrder(second.received)
    },
  }),
)

/** Members come and go. */
export const rebalanceStories: readonly Scenario[] = [
  ...calmRebalances,
  {
    id: 'rebalance-under-way',
    title: 'While records flow, a member comes and goes: none is lost, and none comes again that was committed.',
    deadlineMs: 60_000,
    async play(stage) {
      const { client, stagehand, prepareTopic, freshName } = stage
      const topic = await prepareTopic({ partitions: 4 })
      const group = freshName('group')
      const journal: JournalEntry[] = []
      const options: JoinOptions = { topics: [topic], from: 'earliest', commit: 'as-received', journal }
      const distinct = () =>
        new Set(journal.filter(each => each.kind === 'record').map(each => `${each.partition}:${each.offset}`))
      let sent = 0
      const flow = new Flow(async () => {
        await stagehand.produce(topic, spreadRecords(5, 4))
        sent += 20
      })
      const first = await client.join(group, options)
      await until('records at the first member', () => first.received.length >= 100)
      const second = await client.join(group, options)
      await until('records at the second member', () => second.received.length >= 100)
      await second.leave()
      await untilShared([first], [4])
      await flow.stop()
      await until(
        () => `${sent} records received; ${distinct().size} are`,
        () => distinct().size === sent,
      )
      await untilCommitted(stage, group, topic, sent / 4)
      assertNoRepeatOfCommitted(journal)
    },
  },
  {
    id: 'five-members',
    title: 'Five members that join at once share fifty partitions, ten each, and together receive everything once.',
    deadlineMs: 60_000,
    async play({ client, stagehand, prepareTopic, freshName }) {
      const topic = await prepareTopic({ partitions: 50 })
      const options: JoinOptions = { topics: [topic], from: 'earliest', commit: 'as-received' }
      const group = freshName('group')
      const members = await Promise.all(Array.from({ length: 5 }, () => client.join(group, options)))
      await until('a stable group of five', async () => {
        const { state, memberCount } = await stagehand.describeGroup(group)
        return state === 'Stable' && memberCount === 5
      })
      await untilShared(members, [10, 10, 10, 10, 10])
      await client.produce(topic, spreadRecords(20, 50))
      const received = () => members.flatMap(member => member.received)
      await until('a thousand records', () => received().length >= 1000)
      assertEachOnce(received(), partitionsTo(20, 50))
    },
  },
  {
    id: 'vanished-member',
    title: 'The partitions of a member that crashed go to the other one when its session ends, and nothing is lost.',
    deadlineMs: 60_000,
    async play({ client, stagehand, prepareTopic, freshName }) {
      const topic = await prepareTopic({ partitions: 4 })
      const group = freshName('group')
      const options: JoinOptions = { topics: [topic], from: 'earliest', commit: 'as-received', sessionTimeoutMs: 6000 }
      const first = await client.join(group, options)
      const second = await client.join(group, options)
      await untilShared([first, second], [2, 2])
      await second.vanish()
      await client.produce(topic, spreadRecords(10, 4))
      await untilShared([first], [4])
      await until('all records', () => first.received.length === 40)
      assertEachOnce(first.received, partitionsTo(10))
      assert.equal((await stagehand.describeGroup(group)).memberCount, 1)
    },
  },
]
