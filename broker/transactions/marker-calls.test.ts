import test from 'ava'
import { type ErrorName, KafkaError } from '../../protocol/errors.ts'
import type { Peer, TxnMarker } from '../cluster/peers.ts'
import type { Topic } from '../cluster/topic.ts'
import { settled } from '../testing/manual-clock.ts'
import { MarkerCalls } from './marker-calls.ts'

/** Leaders of the partitions of topic `t`; other topics aren't there. */
const cluster = (...leaders: readonly number[]) => ({
  topic: (name: string) =>
    name === 't' ? ({ partitions: leaders.map(leader => ({ leader })) } as unknown as Topic) : undefined,
})

type Write = (broker: number, marker: TxnMarker) => readonly ErrorName[] | Promise<readonly ErrorName[]>

const peersOf = (write: Write, reachable: readonly number[] = [1, 2]) => ({
  of: (broker: number): Peer => {
    if (!reachable.includes(broker)) throw new KafkaError('BROKER_NOT_AVAILABLE')
    return {
      allocateProducerIds: () => Promise.reject(new Error('not asked')),
      addPartitionsToTxn: () => Promise.reject(new Error('not asked')),
      writeTxnMarkers: async ([marker]) => [await write(broker, marker!)],
    }
  },
})

const callOf = (...partitions: readonly string[]) => ({
  transactionalId: 'tx',
  marker: {
    producerId: 5,
    producerEpoch: 3,
    committed: true,
    transactionVersion: 2,
    partitions: partitions.map(text => ({ topic: text.split('/')[0]!, partition: Number(text.split('/')[1]) })),
  },
})

const logger = { error: () => {} }

test('each leader is asked once for its partitions, and outcomes are in their order', async t => {
  const asked: unknown[] = []
  const peers = peersOf((broker, { partitions, ...marker }) => {
    asked.push({ broker, ...marker, at: partitions.map(({ partition }) => partition) })
    return partitions.map(({ partition }) => (partition === 2 ? 'NOT_LEADER_OR_FOLLOWER' : 'NONE'))
  })
  const calls = new MarkerCalls({ cluster: cluster(1, 2, 1, 2), peers, logger })
  t.deepEqual(await calls.perform(callOf('t/0', 't/1', 't/2', 't/3'), 7), ['written', 'written', 'again', 'written'])
  const marker = { producerId: 5, producerEpoch: 3, committed: true, transactionVersion: 2, coordinatorEpoch: 7 }
  t.deepEqual(asked, [
    { broker: 1, ...marker, at: [0, 2] },
    { broker: 2, ...marker, at: [1, 3] },
  ])
})

test('what was deleted needs no marker', async t => {
  const peers = peersOf((_, { partitions }) => partitions.map(() => 'NONE'))
  const calls = new MarkerCalls({ cluster: cluster(1), peers, logger })
  t.deepEqual(await calls.perform(callOf('t/0', 't/1', 'gone/0'), 0), ['written', 'gone', 'gone'])
})

test('leaders that are away, refuse or fail are asked again', async t => {
  const failing = new MarkerCalls({
    cluster: cluster(1, 2, -1, 3),
    peers: peersOf(broker => {
      if (broker === 1) throw new KafkaError('NOT_LEADER_OR_FOLLOWER')
      throw new Error('a bug')
    }),
    logger,
  })
  t.deepEqual(await failing.perform(callOf('t/0', 't/1', 't/2', 't/3'), 0), ['again', 'again', 'again', 'again'])
  const short = new MarkerCalls({ cluster: cluster(1, 1), peers: peersOf(() => ['NONE']), logger })
  t.deepEqual(await short.perform(callOf('t/0', 't/1'), 0), ['written', 'again'])
})

test('a partition that knows a later epoch of the producer has nothing to end', async t => {
  const peers = peersOf(() => ['INVALID_PRODUCER_EPOCH'])
  t.deepEqual(await new MarkerCalls({ cluster: cluster(1), peers, logger }).perform(callOf('t/0'), 0), ['written'])
})

test('markers of one transactional id are written one call after the other', async t => {
  const waiting: ((errors: readonly ErrorName[]) => void)[] = []
  const peers = peersOf(() => new Promise<readonly ErrorName[]>(resolve => waiting.push(resolve)))
  const calls = new MarkerCalls({ cluster: cluster(1), peers, logger })
  const first = calls.perform(callOf('t/0'), 0)
  const second = calls.perform(callOf('t/0'), 0)
  const other = calls.perform({ ...callOf('t/0'), transactionalId: 'ty' }, 0)
  await settled()
  t.is(waiting.length, 2, 'the second waits for the first, another id’s doesn’t')
  waiting[0]!(['NONE'])
  t.deepEqual(await first, ['written'])
  await settled()
  t.is(waiting.length, 3)
  for (const answer of waiting) answer(['NONE'])
  t.deepEqual([await second, await other], [['written'], ['written']])
})
