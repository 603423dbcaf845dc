/** One chaos run, from an empty broker to a history that is complete. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Driver, Refused } from '../clients/driver.ts'
import { BrokerProcess } from '../runner/broker-process.ts'
import { until } from '../scenarios/until.ts'
import { castOf, type NewTopic, topicsOf } from './cast.ts'
import type { Topic } from './clients/part.ts'
import { Crew } from './crew.ts'
import { finish } from './finish.ts'
import { HistoryWriter } from './history/history-file.ts'
import { Nemesis } from './nemesis/nemesis.ts'
import { TcpProxy } from './nemesis/tcp-proxy.ts'
import type { RunOptions } from './options.ts'
import { withDriver } from './with-driver.ts'

/** What a topic that was just made may answer; the last is kafkajs's name of NOT_LEADER_OR_FOLLOWER. */
const notReady: ReadonlySet<string> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
])
/** A longer run goes slower, so that its history fits into the judge's memory. */
const fullSpeedMs = 300_000
/** Settings of our own broker by which segments roll and are compacted, and transactions run out of time, within a short run. */
const busySettings: readonly string[] = [
  'samsa.min.segment.bytes=1024',
  'log.segment.bytes=262144',
  'offsets.topic.num.partitions=5',
  'offsets.topic.segment.bytes=32768',
  'transaction.state.log.num.partitions=5',
  'transaction.state.log.segment.bytes=32768',
  'log.cleaner.backoff.ms=500',
  'log.cleaner.min.cleanable.ratio=0.1',
]
const progressMs = 5000
/** How long the clients may take to come up. */
const firstMs = 60_000
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
  const all = [`advertised.listeners=PLAINTEXT://127.0.0.1:${proxy.port}`, ...busySettings, ...settings]
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
  const nemesis = new Nemesis(
    { crew, history, broker, proxy, grow },
    {
      seed: options.seed,
      durationMs: options.durationMs,
      only: options.faults,
      ownBroker: broker !== undefined,
      durable: options.engine === 'file',
      transactions: options.workload === 'transactions',
    },
  )
  const began = performance.now()
  const progress = setInterval(() => tellProgress(began, crew, nemesis), progressMs)
  try {
    await until('something is acknowledged and read', () => crew.counts.acked > 0 && crew.counts.read > 0, firstMs)
    await nemesis.run()
    console.log('faults are over; the producers finish')
    await finish(address, crew, history, cast.groups)
  } catch (error) {
    // As a broker that doesn't start again: the judge says so, and looks at what there is.
    history.note({ do: 'stuck', what: `the run broke off: ${error instanceof Error ? error.message : error}` })
  } finally {
    await crew.end()
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
