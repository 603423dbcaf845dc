/**
 * SIGKILL under load: what was acknowledged is there after the restart, in order, once.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { RawClient } from '../broker/testing/raw-client.ts'
import { SeededRandom } from '../broker/testing/seeded-random.ts'
import { CreateTopics } from '../protocol/messages/create-topics.ts'
import { Fetch } from '../protocol/messages/fetch.ts'
import { InitProducerId } from '../protocol/messages/init-producer-id.ts'
import { Produce } from '../protocol/messages/produce.ts'
import { buildBatch } from '../protocol/records/build.ts'
import { records } from '../protocol/records/records.ts'
import { BrokerProcess } from './testing/broker-process.ts'

const KILLS = Number(process.env.SAMSA_KILLS ?? 6)
const PARTITIONS = 4
const seed = Number(process.env.SAMSA_SEED ?? Date.now() % 100_000)

/** What one partition's producer knows: the highest value that went out, and all that were acknowledged. */
interface Progress {
  sent: number
  readonly acked: number[]
}

const batchOf = (values: readonly number[], producerId: number, sequence: number): Buffer =>
  buildBatch({
    baseOffset: 0,
    producerId,
    producerEpoch: 0,
    baseSequence: sequence,
    records: values.map(value => ({ timestamp: Date.now(), value: Buffer.from(String(value)) })),
  })

/** What is wrong with the values that a partition has, in words; null if nothing. */
const faultIn = (values: readonly number[], known: Progress): string | null => {
  const unordered = values.findIndex((value, i) => i > 0 && value <= (values[i - 1] as number))
  if (unordered >= 0) return `${values[unordered - 1]} is followed by ${values[unordered]}`
  if ((values.at(-1) ?? 0) > known.sent) return `${values.at(-1)} was never sent`
  const there = new Set(values)
  const lost = known.acked.filter(value => !there.has(value))
  if (lost.length === 0) return null
  return `${lost.length} acknowledged values are lost, ${lost[0]} to ${lost.at(-1)}, of ${values[0]} to ${values.at(-1)}`
}

/** Produces numbered values to a partition, a few requests in flight, until the broker is gone; tells of each answer. */
const produce = async (
  address: string,
  partition: number,
  progress: Progress,
  random: SeededRandom,
  answered: () => void,
): Promise<void> => {
  const client = await RawClient.connect(address)
  const { producerId } = await client.request(InitProducerId, 4, { transactionalId: null, transactionTimeoutMs: 0 })
  let sequence = 0
  const one = async (): Promise<void> => {
    const values = Array.from({ length: 1 + random.integer(50) }, () => ++progress.sent)
    const batch = batchOf(values, producerId, sequence)
    sequence += values.length
    const answer = await client.request(Produce, 9, {
      acks: -1,
      timeoutMs: 10_000,
      topicData: [{ name: 'kept', partitionData: [{ index: partition, records: [batch] }] }],
    })
    const error = answer.responses[0]?.partitionResponses[0]?.errorCode
    if (error !== 0) throw new Error(`Produce answered ${error}`)
    progress.acked.push(...values)
    answered()
  }
  const lane = async (): Promise<void> => {
    for (;;) await one()
  }
  await Promise.allSettled([lane(), lane(), lane()])
}

/** All values of a partition, by raw Fetch requests. */
const readAll = async (client: RawClient, partition: number): Promise<number[]> => {
  const values: number[] = []
  for (let offset = 0; ; ) {
    const answer = await client.request(Fetch, 12, {
      maxWaitMs: 0,
      minBytes: 0,
      maxBytes: 8 << 20,
      topics: [{ topic: 'kept', partitions: [{ partition, fetchOffset: offset, partitionMaxBytes: 8 << 20 }] }],
    })
    const data = answer.responses[0]?.partitions[0]
    if (data === undefined || data.errorCode !== 0) throw new Error(`Fetch answered ${data?.errorCode}`)
    const bytes = Buffer.concat(data.records ?? [])
    if (bytes.length === 0) return values
    for (const record of records(bytes)) {
      if (record.offset !== offset) throw new Error(`offset ${record.offset} where ${offset} was due`)
      values.push(Number(record.value))
      offset++
    }
  }
}

test('nothing acknowledged is lost, repeated or out of order after SIGKILL at any moment', async t => {
  t.timeout((60 + KILLS * 10) * 1000)
  t.log(`seed ${seed}`)
  const random = new SeededRandom(seed)
  const dir = mkdtempSync(join(tmpdir(), 'samsa-kill-'))
  const progress: Progress[] = Array.from({ length: PARTITIONS }, () => ({ sent: 0, acked: [] }))
  for (let kill = 0; kill <= KILLS; kill++) {
    // One level of durability after the other.
    const level = kill % 2 === 0 ? 'fsync' : 'os'
    const args = ['--data-dir', dir, '--durability', level, '--set', 'log.segment.bytes=1048576']
    const broker = await BrokerProcess.start(args)
    t.teardown(() => broker.stop('SIGKILL'))
    const client = await RawClient.connect(broker.address)
    if (kill === 0) {
      const topic = { name: 'kept', numPartitions: PARTITIONS, replicationFactor: 1, assignments: [], configs: [] }
      const created = await client.request(CreateTopics, 5, { topics: [topic], timeoutMs: 5000 })
      t.is(created.topics[0]?.errorCode, 0)
    }
    for (const [partition, known] of progress.entries()) {
      const values = await readAll(client, partition)
      const fault = faultIn(values, known)
      if (fault !== null) return t.fail(`partition ${partition}, after ${kill} kills: ${fault}`)
    }
    if (kill === KILLS) {
      await client.close()
      t.is(await broker.stop(), 0)
      break
    }
    let untilKill = 1 + random.integer(600)
    let killed: Promise<number | null> | null = null
    const answered = (): void => {
      if (--untilKill === 0) killed = broker.stop('SIGKILL')
    }
    const producing = progress.map((known, partition) => produce(broker.address, partition, known, random, answered))
    await Promise.all(producing)
    t.not(killed, null, 'the producers ended before the kill')
    await killed
    await client.close()
  }
  t.log(`${progress.reduce((sum, { acked }) => sum + acked.length, 0)} values acknowledged over ${KILLS} kills`)
  rmSync(dir, { recursive: true })
})
