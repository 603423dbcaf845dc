/** One chaos run, from an empty broker to a history that is complete. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Driver, Refused } from '../clients/driver.ts'
import { openKafkajs } from '../clients/kafkajs/driver.ts'
import { BrokerProcess } from '../runner/broker-process.ts'
import { until } from '../scenarios/until.ts'
import { castOf, type NewTopic, topicsOf } from './cast.ts'
import type { Topic, Use } from './clients/part.ts'
import { Crew } from './crew.ts'
import { HistoryWriter } from './history/history-file.ts'
import { Nemesis } from './nemesis/nemesis.ts'
import { TcpProxy } from './nemesis/tcp-proxy.ts'
import type { RunOptions } from './options.ts'

/** What a topic that was just made may answer; the last is kafkajs's name of NOT_LEADER_OR_FOLLOWER. */
const notReady: ReadonlySet<string> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
])
/** A longer run goes slower, so that its history fits into the judge's memory. */
const fullSpeedMs = 300_000
const progressMs = 5000
/** When all faults are over, groups must get on with what is left at least once in so long. */
const drainMs = 60_000
/** How long a final read may take, on a machine that is busy with other things too. */
const finalMs = 300_000
/** Level of pino, from which on a line of the broker's log speaks of a bug or of damage. */
const errorLevel = 50

/** Runs as told; `directory` takes the broker's data and log, `historyFile` the history. Rejects where the broker can't be started. */
export async function run(options: RunOptions, directory: string, historyFile: string): Promise<void> {
  const history = new HistoryWriter(historyFile, 'director')
  history.note({ do: 'run', seed: options.seed, options: process.argv.slice(2).join(' ') })
  const proxy = options.target === undefined ? await TcpProxy.listen() : undefined
  const broker = proxy && new BrokerProcess(options.brokerBin, options.engine, directory, brokerArgs(options, proxy))
  await broker?.start()
  if (proxy !== undefined && broker !== undefined) proxy.target = broker.address
  const address = options.target ?? `127.0.0.1:${proxy?.port}`
  try {
    await play(options, address, historyFile, history, broker, proxy)
  } finally {
    broker?.resume()
    await broker?.stop().catch((error: Error) => history.note({ do: 'stuck', what: error.message }))
    await proxy?.close()
    if (broker !== undefined) await noteBrokerLog(history, join(directory, 'broker.log'))
    history.close()
  }
}

function brokerArgs({ durability, settings }: RunOptions, proxy: TcpProxy): string[] {
  const all = [`advertised.listeners=PLAINTEXT://127.0.0.1:${proxy.port}`, ...settings]
  const args = all.flatMap(setting => ['--set', setting])
  return durability === undefined ? args : [...args, '--durability', durability]
}

async function play(
  options: RunOptions,
  address: string,
  historyFile: string,
  history: HistoryWriter,
  broker: BrokerProcess | undefined,
  proxy: TcpProxy | undefined,
): Promise<void> {
  const name = `chaos-${options.seed}-${Date.now().toString(36)}`
  const topics = topicsOf(options.workload, name)
  await withDriver(address, async driver => {
    for (const topic of topics) await prepare(driver, topic)
  })
  const slowness = Math.max(1, options.durationMs / fullSpeedMs)
  const crew = new Crew(address, historyFile, history, topics, slowness)
  const cast = castOf(options.workload, options.size, name, options.seed)
  for (const client of cast.clients) crew.add(client)
  const grow = async (topic: Topic): Promise<void> => {
    const partitions = topic.partitions + 1
    // Until the broker answers: another fault may be on.
    await withDriver(address, driver => driver.createPartitions(topic.name, partitions)).catch((error: Error) => {
      history.note({ do: 'error', error: `createPartitions: ${error.message}` })
    })
    const found = await withDriver(address, driver => driver.partitionCount(topic.name)).catch(() => topic.partitions)
    crew.topics = crew.topics.map(each => (each.name === topic.name ? { ...each, partitions: found } : each))
  }
  const durable = options.engine === 'file'
  const nemesis = new Nemesis(
    { crew, history, broker, proxy, grow },
    {
      seed: options.seed,
      durationMs: options.durationMs,
      only: options.faults,
      ownBroker: broker !== undefined,
      durable,
    },
  )
  const began = performance.now()
  const progress = setInterval(() => tellProgress(began, crew, nemesis), progressMs)
  try {
    await nemesis.run()
    console.log('faults are over; the producers finish')
    await finish(address, crew, history, cast.groups)
  } finally {
    clearInterval(progress)
  }
}

/** Makes a topic and waits until it is served: a real Kafka answers before that. */
async function prepare(driver: Driver, { name, partitions, configs }: NewTopic): Promise<void> {
  const notYet = (error: unknown): false => {
    if (error instanceof Refused && notReady.has(error.code)) return false
    throw error
  }
  await driver.createTopic(name, { partitions, configs }).catch(notYet)
  await until(`${name} is served`, () => driver.offsets(name, 0).then(() => true, notYet))
}

/** Nothing hurts any more: everything that is under way ends, and everything is read once more. */
async function finish(address: string, crew: Crew, history: HistoryWriter, groups: readonly string[]): Promise<void> {
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

async function withDriver<T>(address: string, work: (driver: Driver) => Promise<T>): Promise<T> {
  const driver = await openKafkajs(address)
  try {
    return await work(driver)
  } finally {
    await driver.close()
  }
}

function tellProgress(began: number, { counts, crashCount }: Crew, nemesis: Nemesis): void {
  const seconds = Math.round((performance.now() - began) / 1000)
  const faults = [...nemesis.counts].map(([name, times]) => `${name} ${times}`).join(', ')
  console.log(
    `${seconds} s: sent ${counts.sent}, acknowledged ${counts.acked}, read ${counts.read}; clients that ended by themselves ${crashCount}; ${faults}`,
  )
}

async function noteBrokerLog(history: HistoryWriter, file: string): Promise<void> {
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    const level = Number(/"level":(\d+)/.exec(line)?.[1] ?? 0)
    if (level >= errorLevel) history.note({ do: 'broker-log', line: line.slice(0, 1000) })
  }
}
