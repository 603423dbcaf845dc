import { pino } from 'pino'
import test from 'ava'
import { type ErrorName, KafkaError } from '../../../protocol/errors.ts'
import type { TxnMarker } from '../../cluster/peers.ts'
import { OFFSETS_TOPIC } from '../../groups/offsets-topic.ts'
import { Stage } from '../testing/stage.ts'
import type { PartitionMarker } from './marker-append.ts'
import { TxnMarkers } from './write-txn-markers.ts'

const OF = { producerId: 5, producerEpoch: 0, committed: true, coordinatorEpoch: 0, transactionVersion: 1 }

const markerFor = (...partitions: readonly (readonly [topic: string, partition: number])[]): TxnMarker => ({
  ...OF,
  partitions: partitions.map(([topic, partition]) => ({ topic, partition })),
})

/** Markers over topics `t` and `__consumer_offsets`, and what the groups are told. */
const started = async (says: () => Promise<ErrorName> = async () => 'NONE') => {
  const stage = new Stage()
  await stage.create('t', {}, 2)
  await stage.create(OFFSETS_TOPIC, {}, 3)
  const told: (readonly [number, PartitionMarker])[] = []
  const groups = {
    completeTransaction: (index: number, marker: PartitionMarker) => {
      told.push([index, marker])
      return says()
    },
  }
  const { cluster, partitions } = stage.broker
  const markers = new TxnMarkers({ cluster, partitions, groups, logger: pino({ level: 'silent' }) })
  return { stage, markers, told }
}

test('each marker goes into each of its partitions, and the answers are in their order', async t => {
  const { stage, markers } = await started()
  const answers = await markers.write([
    markerFor(['t', 1], ['nope', 0], ['t', 0]),
    { ...markerFor(['t', 7], ['t', 0]), producerId: 6 },
  ])
  t.deepEqual(answers, [
    ['NONE', 'UNKNOWN_TOPIC_OR_PARTITION', 'NONE'],
    ['UNKNOWN_TOPIC_OR_PARTITION', 'NONE'],
  ])
  t.is((await stage.partition('t', 0)).logEndOffset, 2)
  t.is((await stage.partition('t', 1)).logEndOffset, 1)
})

test('a marker for committed offsets is an event to their coordinator, never an append past it', async t => {
  const { stage, markers, told } = await started()
  t.deepEqual(await markers.write([markerFor([OFFSETS_TOPIC, 2], [OFFSETS_TOPIC, 3])]), [
    ['NONE', 'UNKNOWN_TOPIC_OR_PARTITION'],
  ])
  t.deepEqual(told, [[2, OF]])
  t.is((await stage.partition(OFFSETS_TOPIC, 2)).logEndOffset, 0)
})

test('what a group coordinator fails with is told as a partition’s leader would', async t => {
  const failing = async (error: unknown): Promise<ErrorName> => {
    const { markers } = await started(() => Promise.reject(error))
    const [[answer] = []] = await markers.write([markerFor([OFFSETS_TOPIC, 0])])
    return answer!
  }
  t.is(await failing(new KafkaError('NOT_COORDINATOR')), 'NOT_LEADER_OR_FOLLOWER')
  t.is(await failing(new KafkaError('COORDINATOR_NOT_AVAILABLE')), 'NOT_LEADER_OR_FOLLOWER')
  t.is(await failing(new Error('a bug')), 'UNKNOWN_SERVER_ERROR')
})

test('a partition that another broker leads says so', async t => {
  const { stage, markers } = await started()
  stage.configure('t', {}, [1, 1], 2)
  t.deepEqual(await markers.write([markerFor(['t', 0])]), [['NOT_LEADER_OR_FOLLOWER']])
})
