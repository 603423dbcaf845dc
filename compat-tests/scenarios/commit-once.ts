/** Puts a group at an offset. */
import type { Driver } from '../clients/driver.ts'
import { until } from './until.ts'

/** Commits `offset` of the topic's only partition, through a member that comes and goes. */
export async function commitOnce(client: Driver, group: string, topic: string, offset: number): Promise<void> {
  const member = await client.join(group, { topics: [topic], from: 'latest', commit: 'never' })
  await until('assignment', () => member.assignment().length === 1)
  await member.commit(topic, 0, offset)
  await member.leave()
}
