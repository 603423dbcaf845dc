/** What the members of a group have, and what the group has committed. */
import assert from 'node:assert/strict'
import type { Member, TopicPartition } from '../clients/driver.ts'
import type { Stage } from './scenario.ts'
import { until } from './until.ts'

/** Offsets `start` to `end` of each of the first `partitions` partitions. */
export function partitionsTo(end: number, partitions = 4, start = 0) {
  return Array.from({ length: partitions }, (_, partition) => ({ partition, start, end }))
}

/** An assignment in a line. */
export function shown(assignment: readonly TopicPartition[]): string {
  return assignment.map(({ topic, partition }) => `${topic}-${partition}`).join(' ')
}

/** Waits until the members have `sizes` partitions each, no partition twice. */
export async function untilShared(members: readonly Member[], sizes: readonly number[]): Promise<void> {
  const state = () => members.map(member => `[${shown(member.assignment())}]`).join(' ')
  await until(
    () => `members with ${sizes.join(' and ')} partitions; they have ${state()}`,
    () => members.every((member, index) => member.assignment().length === sizes[index]),
  )
  const all = members.flatMap(member => member.assignment().map(each => shown([each])))
  assert.equal(new Set(all).size, all.length, `a partition has two owners: ${state()}`)
}

/** Waits until the group has committed `end` in each of four partitions. */
export async function untilCommitted({ stagehand }: Stage, group: string, topic: string, end: number): Promise<void> {
  await until(`offset ${end} committed in every partition`, async () => {
    const committed = await stagehand.committed(group, topic, [0, 1, 2, 3])
    return [0, 1, 2, 3].every(partition => committed.get(partition)?.offset === end)
  })
}
