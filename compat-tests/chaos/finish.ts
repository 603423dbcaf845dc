/** The end of a run: what is under way ends, and everything is read once more. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Driver } from '../clients/driver.ts'
import type { Topic, Use } from './clients/part.ts'
import type { Crew } from './crew.ts'
import type { HistoryWriter } from './history/history-file.ts'
import { withDriver } from './with-driver.ts'

/** When all faults are over, groups must get on with what is left at least once in so long. */
const drainMs = 60_000
/** How long a final read may take, on a machine that is busy with other things too. */
const finalMs = 300_000

/** Nothing hurts any more: everything that is under way ends, and everything is read once more. */
export async function finish(
  address: string,
  crew: Crew,
  history: HistoryWriter,
  groups: readonly string[],
): Promise<void> {
  await crew.dismiss(crew.names.filter(name => name.includes('producer')))
  await crew.perform({ name: 'closing', role: 'closing', uses: ['values'], seed: 0 }, finalMs)
  console.log('the groups receive what is left')
  await drain(address, crew, history, groups)
  await crew.dismiss(crew.names)
  const others: readonly Use[] = ['transfers', 'outputs']
  await crew.perform({ name: 'closing-others', role: 'closing', uses: others, seed: 0 }, finalMs)
  console.log('final reads')
  const uses: readonly Use[] = ['values', ...others]
  await Promise.all([
    crew.perform({ name: 'kafkajs-final', role: 'kafkajs-final', uses: ['values'], seed: 0 }, finalMs),
    crew.perform({ name: 'kafkajs-final-others', role: 'kafkajs-final', uses: others, seed: 0 }, finalMs),
    crew.perform({ name: 'rdkafka-final', role: 'rdkafka-final', uses, seed: 0 }, finalMs),
  ])
}

/** Waits until every group has committed the end of every partition. */
async function drain(address: string, crew: Crew, history: HistoryWriter, groups: readonly string[]): Promise<void> {
  const topics = crew.topics.filter(({ use }) => use === 'values')
  await withDriver(address, async driver => {
    let least = Number.POSITIVE_INFINITY
    for (let deadline = performance.now() + drainMs; performance.now() < deadline; await delay(500)) {
      const { recordCount } = await lagOf(driver, topics, groups)
      if (recordCount === 0) return
      if (recordCount < least) deadline = performance.now() + drainMs
      least = Math.min(least, recordCount)
    }
    const { behind } = await lagOf(driver, topics, groups)
    history.note({ do: 'stuck', what: `no group got on for ${drainMs} ms: ${behind.join('; ')}` })
  })
}

interface Lag {
  readonly recordCount: number
  /** Each group and partition, in words. */
  readonly behind: readonly string[]
}

async function lagOf(driver: Driver, topics: readonly Topic[], groups: readonly string[]): Promise<Lag> {
  const behind: string[] = []
  let recordCount = 0
  for (const { name, partitions } of topics) {
    const numbers = Array.from({ length: partitions }, (_, number) => number)
    const ends = await Promise.all(numbers.map(async number => (await driver.offsets(name, number)).latest))
    for (const group of groups) {
      const committed = await driver.committed(group, name, numbers)
      for (const number of numbers) {
        const offset = committed.get(number)?.offset ?? -1
        const end = ends[number] ?? 0
        if (offset === end) continue
        recordCount += end - offset
        behind.push(`${group} is at ${offset} of ${end} in ${name}-${number}`)
      }
    }
  }
  return { recordCount, behind }
}
