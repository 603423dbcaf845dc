/** A Kafka Streams application with exactly_once_v2 whose process and whose broker are killed: every word is counted once. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { ConsumedRecord, Driver, ProducedRecord } from '../clients/driver.ts'
import { openRdkafka } from '../clients/node-rdkafka/driver.ts'
import { BrokerProcess } from '../runner/broker-process.ts'
import { JavaTalk } from '../runner/java.ts'
import { until } from '../scenarios/until.ts'
import type { Check } from './check.ts'

const words = ['the', 'quick', 'brown', 'fox', 'jumps', 'over', 'lazy', 'dog']
const wordsPerLine = 5
const linesPerRound = 200
const patienceMs = 90_000

/** Lines of words, taking turns, over two partitions. */
const linesOf = (round: number): ProducedRecord[] =>
  Array.from({ length: linesPerRound }, (_, index) => {
    const first = (round * linesPerRound + index) * wordsPerLine
    const line = Array.from({ length: wordsPerLine }, (_, word) => words[((first + word) * 7) % words.length])
    return { partition: index % 2, value: Buffer.from(line.join(' ')) }
  })

/** The application counts; it is killed in the middle and comes back, then the broker is. */
export const streamsCheck: Check = {
  id: 'streams-count-exactly-once',
  title: 'a word count of Kafka Streams (exactly_once_v2) that is killed, and whose broker is, counts every word once',
  async run({ directory, samsaBin }) {
    const broker = new BrokerProcess(samsaBin, 'file', directory)
    await broker.start()
    const client = await openRdkafka(broker.address)
    const count = (): JavaTalk =>
      new JavaTalk('samsa.compat.WordCount', [broker.address, 'count', join(directory, 'state'), 'lines', 'counts'])
    let application: JavaTalk | null = null
    try {
      await client.createTopic('lines', { partitions: 2 })
      await client.createTopic('counts', { partitions: 2 })
      const reader = await client.join('readers', { topics: ['counts'], from: 'earliest', commit: 'never' })
      application = count()
      await application.next()
      await counted(client, reader, 0)
      await client.produce('lines', linesOf(1))
      application.kill()
      application = count()
      await application.next()
      await counted(client, reader, 2)
      await client.produce('lines', linesOf(3))
      await broker.restart('kill')
      await counted(client, reader, 4)
      await application.rest()
      assertExact(reader.received, 5 * linesPerRound * wordsPerLine)
    } finally {
      application?.kill()
      await client.close()
      await broker.kill()
    }
  },
}

/** Sends a round and waits until all so far is counted. */
async function counted(client: Driver, reader: { readonly received: readonly ConsumedRecord[] }, round: number) {
  await client.produce('lines', linesOf(round))
  const total = (round + 1) * linesPerRound * wordsPerLine
  const progress = () => `${reader.received.length} of ${total} counts`
  await until(progress, () => reader.received.length >= total, patienceMs)
}

/** Of each word the counts from 1 on, in order, without gap or repeat. */
function assertExact(received: readonly ConsumedRecord[], total: number): void {
  assert.equal(received.length, total)
  const counts = new Map<string, number>()
  for (const { key, value } of received) {
    const word = String(key)
    const next = (counts.get(word) ?? 0) + 1
    assert.equal(Number(String(value)), next, `the count of ${word}`)
    counts.set(word, next)
  }
  assert.deepEqual([...counts.keys()].sort(), [...words].sort())
}
