/** Stories about a group's offsets and its description: commit, fetch, set, reset, list, describe, delete. */
import assert from 'node:assert/strict'
import { assertReceived, assertRefused } from './assertions.ts'
import { numberedRecords } from './sample-records.ts'
import type { Scenario } from './scenario.ts'
import { until } from './until.ts'

/** What the coordinator keeps of a group. */
export const groupOffsetStories: readonly Scenario[] = [
  {
    id: 'commit-and-fetch-offsets',
    title: 'Committed offsets are told per partition, −1 where none was committed or the group is unknown.',
    async play({ client, prepareTopic, freshName }) {
      const topic = await prepareTopic({ partitions: 3 })
      const group = freshName('group')
      const none = await client.committed(group, topic, [0, 1, 2])
      assert.deepEqual(
        [0, 1, 2].map(each => none.get(each)?.offset),
        [-1, -1, -1],
      )
      const member = await client.join(group, { topics: [topic], from: 'earliest', commit: 'never' })
      await until('assignment', () => member.assignment().length === 3)
      await member.commit(topic, 0, 7)
      await member.commit(topic, 2, 5)
      await member.commit(topic, 2, 3)
      await member.leave()
      const committed = await client.committed(group, topic, [0, 1, 2])
      assert.deepEqual(
        [0, 1, 2].map(each => committed.get(each)?.offset),
        [7, -1, 3],
      )
    },
  },
  {
    id: 'offset-metadata',
    title: 'The text that was committed with an offset comes back with it.',
    async play({ client, prepareTopic, freshName }) {
      const topic = await prepareTopic()
      const group = freshName('group')
      const member = await client.join(group, { topics: [topic], from: 'earliest', commit: 'never' })
      await until('assignment', () => member.assignment().length === 1)
      await member.commit(topic, 0, 0, 'stopped at the first, später mehr')
      await member.leave()
      assert.deepEqual((await client.committed(group, topic, [0])).get(0), {
        offset: 0,
        metadata: 'stopped at the first, später mehr',
      })
    },
  },
  {
    id: 'set-offsets',
    title: 'An offset that was set for a group without members is where its next member starts.',
    async play({ client, prepareTopic, freshName }) {
      const topic = await prepareTopic()
      const group = freshName('group')
      await client.produce(topic, numberedRecords(10))
      await client.setOffset(group, topic, 0, 6)
      assert.equal((await client.committed(group, topic, [0])).get(0)?.offset, 6)
      const member = await client.join(group, { topics: [topic], from: 'earliest', commit: 'never' })
      await until('the records from there on', () => member.received.length === 4)
      assertReceived(member.received, numberedRecords(4, 0, 6), 6)
    },
  },
  {
    id: 'reset-offsets',
    title:
      'Marks for the start (−2) and the end (−1) can be committed as offsets, are told as such, and start a member over.',
    async play({ client, prepareTopic, freshName }) {
      const topic = await prepareTopic()
      const group = freshName('group')
      await client.produce(topic, numberedRecords(10))
      await client.resetOffsets(group, topic, 'latest')
      assert.equal((await client.committed(group, topic, [0])).get(0)?.offset, -1)
      await client.resetOffsets(group, topic, 'earliest')
      assert.equal((await client.committed(group, topic, [0])).get(0)?.offset, -2)
      const member = await client.join(group, { topics: [topic], from: 'earliest', commit: 'never' })
      await until('all records', () => member.received.length === 10)
      assertReceived(member.received, numberedRecords(10))
    },
  },
  {
    id: 'describe-groups',
    title: 'A group is listed and described: with members Stable, without Empty, unknown Dead.',
    async play({ client, prepareTopic, freshName }) {
      const topic = await prepareTopic({ partitions: 2 })
      const group = freshName('group')
      const unknown = await client.describeGroup(group)
      assert.deepEqual(unknown, { state: 'Dead', protocolType: '', protocol: '', memberCount: 0 })
      const member = await client.join(group, { topics: [topic], from: 'earliest', commit: 'never' })
      await until('assignment', () => member.assignment().length === 2)
      await member.commit(topic, 0, 0)
      const stable = await client.describeGroup(group)
      assert.equal(stable.state, 'Stable')
      assert.equal(stable.protocolType, 'consumer')
      assert.equal(stable.memberCount, 1)
      assert.deepEqual(
        (await client.listGroups()).filter(each => each.group === group),
        [{ group, protocolType: 'consumer' }],
      )
      await member.leave()
      const empty = await client.describeGroup(group)
      assert.equal(empty.state, 'Empty')
      assert.equal(empty.memberCount, 0)
    },
  },
  {
    id: 'delete-groups',
    title: 'A group is deleted only without members, and its offsets go with it.',
    async play({ client, prepareTopic, freshName }) {
      const topic = await prepareTopic()
      const group = freshName('group')
      await assertRefused('GROUP_ID_NOT_FOUND', client.deleteGroup(group))
      const member = await client.join(group, { topics: [topic], from: 'earliest', commit: 'never' })
      await until('assignment', () => member.assignment().length === 1)
      await member.commit(topic, 0, 1)
      await assertRefused('NON_EMPTY_GROUP', client.deleteGroup(group))
      await member.leave()
      await client.deleteGroup(group)
      assert.equal((await client.committed(group, topic, [0])).get(0)?.offset, -1)
      assert.ok(!(await client.listGroups()).some(each => each.group === group))
      await assertRefused('GROUP_ID_NOT_FOUND', client.deleteGroup(group))
    },
  },
  {
    id: 'commit-beside-a-member',
    title: 'A commit from outside is refused while the group has members.',
    async play({ client, stagehand, prepareTopic, freshName }) {
      const topic = await prepareTopic()
      const group = freshName('group')
      const member = await stagehand.join(group, { topics: [topic], from: 'earliest', commit: 'never' })
      await until('assignment', () => member.assignment().length === 1)
      await assertRefused('UNKNOWN_MEMBER_ID', client.setOffset(group, topic, 0, 1))
    },
  },
]
