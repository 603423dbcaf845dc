import test from 'ava'
import { KafkaError } from '../../protocol/errors.ts'
import { LocalPeers, type Peer } from './peers.ts'

test('a broker is reached from when it joins until it leaves', async t => {
  const peers = new LocalPeers()
  const peer: Peer = {
    allocateProducerIds: async () => ({ first: 1000, count: 1000 }),
    writeTxnMarkers: async markers => markers.map(({ partitions }) => partitions.map(() => 'NONE')),
    addPartitionsToTxn: async transactions => transactions.map(({ partitions }) => partitions.map(() => 'NONE')),
  }
  t.throws(() => peers.of(1), { any: true, instanceOf: KafkaError })
  const leave = peers.join(1, peer)
  t.deepEqual(await peers.of(1).allocateProducerIds(), { first: 1000, count: 1000 })
  leave()
  t.throws(() => peers.of(1), { any: true, instanceOf: KafkaError })
})
