/** What a real Kafka wrote is served by our broker as Kafka served it, and its clients go on. */
import { deepStrictEqual, equal } from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { BrokerProcess } from '../runner/broker-process.ts'
import { JavaTalk } from '../runner/java.ts'
import { KafkaProcess } from '../runner/kafka-process.ts'
import type { Check } from './check.ts'
import { assertSame, type InventoryLine, type ReadLine, takeInventory } from './inventory.ts'

const run = promisify(execFile)

/** Kafka's smallest. */
const segmentBytes = 1_048_576

/** Kafka is filled, read and stopped; its data imported; our broker read on Kafka's port, and written by the producers that Kafka knew. */
export const importCheck: Check = {
  id: 'kafkas-data-are-imported',
  title: "a client sees the same of an imported broker as of the Kafka that it was, and Kafka's producers go on",
  async run({ directory, samsaBin }) {
    const kafka = new KafkaProcess(directory, { 'log.cleaner.backoff.ms': '100' })
    await kafka.start()
    const fill = new JavaTalk('samsa.compat.Fill', [kafka.address, String(segmentBytes)])
    const port = kafka.address.slice(kafka.address.lastIndexOf(':') + 1)
    const broker = new BrokerProcess(samsaBin, 'file', directory, ['--port', port])
    try {
      const filled = (await fill.next()) as FillLine
      const before = await takeInventory(kafka.address)
      await kafka.stop()
      await run(process.execPath, [
        samsaBin,
        'import-kafka',
        kafka.dataDirectory,
        '--data-dir',
        join(directory, 'data'),
      ])
      await broker.start()
      const after = await takeInventory(broker.address)
      assertSame({ name: 'in Kafka', lines: before }, { name: 'imported', lines: after })
      fill.tell({ go: 'on' })
      const continued = (await fill.next()) as FillLine
      // A member that only heard of a broken connection needs no rebalance.
      equal(continued.member, filled.member)
      assertContinued(before, await takeInventory(broker.address))
      await fill.rest()
      await broker.stop()
      await run(process.execPath, [samsaBin, 'check', join(directory, 'data'), '--records'])
    } finally {
      fill.kill()
      await kafka.kill()
      await broker.kill()
    }
  },
}

/** What Fill tells; see its words. */
interface FillLine {
  readonly member: string
}

/** What a reader finds in the first partition of a topic. */
const offsetsOf = (lines: readonly InventoryLine[], topic: string, isolation: string): readonly number[] =>
  lines.find(
    (line): line is ReadLine =>
      line.kind === 'read' && line.topic === topic && line.partition === 0 && line.isolation === isolation,
  )?.offsets ?? []

/** Fill appended with producers that Kafka had given their ids: everything once, behind what was there. */
function assertContinued(before: readonly InventoryLine[], after: readonly InventoryLine[]): void {
  const added = (topic: string, isolation: string) =>
    offsetsOf(after, topic, isolation).slice(offsetsOf(before, topic, isolation).length)
  const was = offsetsOf(before, 'idempotent', 'read_uncommitted')
  deepStrictEqual(
    added('idempotent', 'read_uncommitted'),
    Array.from({ length: 30 }, (_, index) => (was.at(-1) ?? 0) + 1 + index),
  )
  equal(added('transactions', 'read_committed').length, 7)
  // The transaction that was open in Kafka is aborted, and the one that its transactional id's heir committed is read.
  equal(offsetsOf(before, 'open-transaction', 'read_committed').length, 0)
  equal(offsetsOf(after, 'open-transaction', 'read_committed').length, 2)
  equal(offsetsOf(after, 'open-transaction', 'read_uncommitted').length, 5)
}
