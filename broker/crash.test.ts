/**
 * A broker that is killed in the midst of what changes its metadata or its logs: what it answered holds after the next start.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import * as batch from '../protocol/records/batch.ts'
import { buildBatch } from '../protocol/records/build.ts'
import { records } from '../protocol/records/records.ts'
import { createFileEngine } from '../storage/file/engine.ts'
import { mortalDisk } from '../storage/file/testing/faulty-disk.ts'
import type { Broker } from './broker.ts'
import { createPartitions } from './handlers/create-partitions.ts'
import { createTopics } from './handlers/create-topics.ts'
import { deleteTopics } from './handlers/delete-topics.ts'
import { fetch } from './handlers/fetch.ts'
import { incrementalAlterConfigs } from './handlers/incremental-alter-configs.ts'
import { produce } from './handlers/produce.ts'
import { type Ask, brokerWithoutServer } from './testing/broker-without-server.ts'

const settings = { 'log.segment.bytes': '1048576' }

/** What must be (null: must not be) and, of the change that was under way, what may be instead. */
interface Expected {
  readonly topics: Map<string, TopicState | null>
  pending: { readonly name: string; readonly state: TopicState | null } | null
}

interface TopicState {
  readonly partitions: number
  readonly retentionMs: string
  /** Values of partition 0. */
  readonly values: readonly string[]
}

const errorsIn = (answer: unknown): number[] =>
  [...JSON.stringify(answer).matchAll(/"errorCode":(-?\d+)/g)].map(match => Number(match[1])).filter(code => code !== 0)

/** Asks, and takes the change for done if no error was answered. Resolves to false if that wasn't so. */
const change = async (
  expected: Expected,
  name: string,
  state: TopicState | null,
  ask: () => Promise<unknown>,
): Promise<boolean> => {
  expected.pending = { name, state }
  if (errorsIn(await ask()).length > 0) return false
  expected.topics.set(name, state)
  expected.pending = null
  return true
}

const creation = (name: string, state: TopicState) => ({
  topics: [
    {
      name,
      numPartitions: state.partitions,
      replicationFactor: 1,
      assignments: [],
      configs: [{ name: 'retention.ms', value: state.retentionMs }],
    },
  ],
  timeoutMs: 1000,
})

const retention = (name: string, value: string) => ({
  resources: [{ resourceType: 2, resourceName: name, configs: [{ name: 'retention.ms', configOperation: 0, value }] }],
  validateOnly: false,
})

const production = (name: string, value: string) => ({
  acks: -1,
  timeoutMs: 1000,
  topicData: [
    {
      name,
      partitionData: [{ index: 0, records: [buildBatch({ records: [{ timestamp: 1, value: Buffer.from(value) }] })] }],
    },
  ],
})

/** All that changes metadata and logs, until something is refused. */
const live = async (ask: Ask, expected: Expected): Promise<void> => {
  const first: TopicState = { partitions: 2, retentionMs: '1000', values: [] }
  const one = { ...first, values: ['one'] }
  const grown = { ...one, partitions: 3 }
  const other: TopicState = { partitions: 1, retentionMs: '3000', values: [] }
  const steps: readonly (readonly [string, TopicState | null, () => Promise<unknown>])[] = [
    ['a', first, () => ask(createTopics, 5, creation('a', first))],
    ['a', one, () => ask(produce, 9, production('a', 'one'))],
    ['a', grown, () => ask(createPartitions, 1, growth('a', 3))],
    ['a', { ...grown, retentionMs: '2000' }, () => ask(incrementalAlterConfigs, 1, retention('a', '2000'))],
    ['b', other, () => ask(createTopics, 5, creation('b', other))],
    ['b', { ...other, values: ['old'] }, () => ask(produce, 9, production('b', 'old'))],
    ['b', null, () => ask(deleteTopics, 5, { topicNames: ['b'], timeoutMs: 1000 })],
    ['b', other, () => ask(createTopics, 5, creation('b', other))],
    ['b', { ...other, values: ['new'] }, () => ask(produce, 9, production('b', 'new'))],
    ['a', null, () => ask(deleteTopics, 5, { topicNames: ['a'], timeoutMs: 1000 })],
  ]
  for (const [name, state, step] of steps) if (!(await change(expected, name, state, step))) return
}

const growth = (name: string, count: number) => ({
  topics: [{ name, count, assignments: null }],
  timeoutMs: 1000,
  validateOnly: false,
})

const valuesOf = async (ask: Ask, topic: string): Promise<string[]> => {
  const answer = await ask(fetch, 12, {
    maxWaitMs: 0,
    minBytes: 0,
    maxBytes: 1 << 20,
    topics: [{ topic, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 20 }] }],
  })
  const bytes = Buffer.concat(answer.responses[0]?.partitions[0]?.records ?? [])
  return [...batch.batches(bytes)].flatMap(at => [...records(bytes, at)].map(record => String(record.value)))
}

const stateOf = async (broker: Broker, ask: Ask, name: string): Promise<TopicState | null> => {
  const topic = broker.cluster.topic(name)
  if (topic === undefined) return null
  const { partitions, settings } = topic
  return { partitions: partitions.length, retentionMs: String(settings.retentionMs), values: await valuesOf(ask, name) }
}

const check = async (t: ExecutionContext, dataDir: string, expected: Expected, where: string): Promise<void> => {
  const engine = createFileEngine({ dataDir })
  const { broker, ask } = await brokerWithoutServer(settings, engine, 2)
  const wanted = new Set<string>()
  for (const name of ['a', 'b']) {
    const found = await stateOf(broker, ask, name)
    const possible = [expected.topics.get(name) ?? null]
    if (expected.pending?.name === name) possible.push(expected.pending.state)
    // A topic whose creation was under way may also be there without what was to follow.
    t.true(
      possible.map(state => JSON.stringify(state)).includes(JSON.stringify(found)),
      `${where}: ${name} is ${JSON.stringify(found)}`,
    )
    for (let index = 0; index < (found?.partitions ?? 0); index++) wanted.add(`${name}-${index}`)
    // It can be used.
    if (found !== null) t.deepEqual(errorsIn(await ask(produce, 9, production(name, 'more'))), [], where)
  }
  await broker.partitions.close()
  await engine.close()
  const directories = readdirSync(dataDir).filter(name => /^[ab]-\d+$/.test(name))
  t.deepEqual(new Set(directories), wanted, `${where}: what is deleted leaves nothing`)
  t.deepEqual(
    readdirSync(dataDir).filter(name => /delete|create|\.tmp/.test(name)),
    [],
    where,
  )
}

for (const durability of ['os', 'fsync'] as const)
  test(`topics are created, changed and deleted wholly or not at all, wherever the broker is killed: ${durability}`, async t => {
    t.timeout(120_000)
    for (let calls = 1; ; calls++) {
      const dataDir = mkdtempSync(join(tmpdir(), 'samsa-crash-'))
      const mortal = mortalDisk()
      const expected: Expected = { topics: new Map(), pending: null }
      mortal.killIn(calls, 20)
      try {
        const engine = createFileEngine({ dataDir, durability, disk: mortal.disk })
        const { ask } = await brokerWithoutServer(settings, engine)
        await live(ask, expected)
      } catch (error) {
        if (!mortal.dead) throw error
      }
      const survived = !mortal.dead
      mortal.bury()
      // The lock names this process, which lives.
      rmSync(join(dataDir, '.lock'), { force: true })
      await check(t, dataDir, expected, `killed in change ${calls}`)
      rmSync(dataDir, { recursive: true })
      if (!survived) continue
      t.true(calls > 40, `only ${calls} changes`)
      t.deepEqual([...expected.topics.keys(), expected.topics.get('a')], ['a', 'b', null])
      break
    }
  })
