import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import * as kraft from '../../protocol/state/kraft-metadata.ts'
import { importFiles } from '../../storage/file/import/import-files.ts'
import { readOnlyDisk } from '../../storage/file/import/read-only-disk.ts'
import { temporaryDirectory } from '../../storage/file/testing/temporary-directory.ts'
import { inSyncReplicas, type KraftImage } from './kraft-image.ts'
import { readKraftLog } from './kraft-log.ts'
import { ID, OTHER_ID, orders } from './testing/import-stage.ts'
import { framed, metadataBatch, recordsOfTopic } from './testing/kafka-fixture.ts'

const files = importFiles(
  readOnlyDisk,
  () => 0,
  () => {},
)

/** What a log of these batches, and maybe a snapshot, makes. */
const imageOf = async (t: ExecutionContext, contents: Readonly<Record<string, Buffer>>, recover = false) => {
  const directory = join(temporaryDirectory(t), '__cluster_metadata-0')
  mkdirSync(directory)
  for (const [name, bytes] of Object.entries(contents)) writeFileSync(join(directory, name), bytes)
  return readKraftLog(files, directory, recover)
}

const segment = (offset: number) => `${String(offset).padStart(20, '0')}.log`
const snapshot = (end: number) => `${String(end).padStart(20, '0')}-0000000001.checkpoint`
const names = (image: KraftImage) => Array.from(image.topics.values(), ({ name }) => name)
const change = (fields: object) => framed(kraft.PartitionChangeRecord, 2, { topicId: ID, partitionId: 0, ...fields })

test('a change of leader raises the epoch, a change of the ISR alone does not', async t => {
  const records = [
    ...recordsOfTopic(orders),
    change({ leader: 2, isr: [2] }),
    change({ isr: [2, 1] }),
    change({ leader: -1, isr: [], eligibleLeaderReplicas: [2] }),
    framed(kraft.PartitionChangeRecord, 2, { topicId: OTHER_ID, partitionId: 0, leader: 5 }),
  ]
  const image = await imageOf(t, { [segment(0)]: metadataBatch(0, records) })
  const partition = image.topicByName('orders')?.partitions.get(0)
  t.deepEqual(partition, { leader: -1, leaderEpoch: 5, isr: [], eligible: [2], lastEligible: [] })
  t.deepEqual(inSyncReplicas(partition!), [2])
})

test('topics that were deleted, and settings that were unset, are gone', async t => {
  const records = [
    ...recordsOfTopic(orders),
    ...recordsOfTopic({ ...orders, name: 'kept', id: OTHER_ID }),
    framed(kraft.ConfigRecord, 0, { resourceType: 2, resourceName: 'kept', name: 'retention.ms', value: null }),
    framed(kraft.RemoveTopicRecord, 0, { topicId: ID }),
    framed(kraft.ProducerIdsRecord, 0, { brokerId: 1, nextProducerId: 4000 }),
  ]
  const image = await imageOf(t, { [segment(0)]: metadataBatch(0, records) })
  t.deepEqual(names(image), ['kept'])
  t.deepEqual([...image.config(2, 'kept')], [['segment.bytes', '1048576']])
  t.is(image.config(2, 'orders').size, 0)
  t.is(image.nextProducerId, 4000)
})

test('a transaction counts when it ended, and not when it was aborted or is open', async t => {
  const begin = framed(kraft.BeginTransactionRecord, 0, {})
  const of = (name: string, id: string) => recordsOfTopic({ ...orders, name, id })
  const batches = [
    metadataBatch(0, [begin, ...of('orders', ID)]),
    metadataBatch(10, [framed(kraft.EndTransactionRecord, 0, {})]),
    metadataBatch(11, [begin, ...of('aborted', OTHER_ID), framed(kraft.AbortTransactionRecord, 0, {})]),
    metadataBatch(30, [begin, ...of('open', OTHER_ID)]),
  ]
  t.deepEqual(names(await imageOf(t, { [segment(0)]: Buffer.concat(batches) })), ['orders'])
})

test('the newest snapshot is read, and of the log what lies beyond it', async t => {
  const early = metadataBatch(0, recordsOfTopic({ ...orders, name: 'early' }))
  const image = await imageOf(t, {
    [snapshot(3)]: early,
    [snapshot(20)]: metadataBatch(0, recordsOfTopic(orders)),
    [segment(0)]: metadataBatch(0, recordsOfTopic({ ...orders, name: 'early' })),
    [segment(20)]: metadataBatch(20, recordsOfTopic({ ...orders, name: 'late', id: OTHER_ID })),
  })
  t.deepEqual(names(image), ['orders', 'late'])
  await t.throwsAsync(imageOf(t, { [segment(5)]: metadataBatch(5, []) }), { message: /begins at offset 5/ })
})

test('damage is refused, save for what a crash has torn at the end', async t => {
  const bytes = Buffer.concat([metadataBatch(0, recordsOfTopic(orders)), metadataBatch(9, []).subarray(0, 30)])
  await t.throwsAsync(imageOf(t, { [segment(0)]: bytes }), { name: 'DamagedLog' })
  t.deepEqual(names(await imageOf(t, { [segment(0)]: bytes }, true)), ['orders'])
  const unknown = metadataBatch(0, [Buffer.from([2, 2, 0])])
  const thrown = await imageOf(t, { [segment(0)]: unknown }).catch((error: unknown) => error)
  t.like(thrown, { name: 'CORRUPT_MESSAGE', detail: 'a metadata record of frame version 2' })
})
