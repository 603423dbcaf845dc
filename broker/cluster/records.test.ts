import test from 'ava'
import { type MetadataRecord, metadataCodec } from './records.ts'

const facts: readonly MetadataRecord[] = [
  { type: 'cluster', clusterId: 'abc' },
  { type: 'topic', topicId: 'BBBBBBBBBBBBBBBBBBBBBA', name: 'a' },
  {
    type: 'partitions',
    topicId: 'BBBBBBBBBBBBBBBBBBBBBA',
    partitions: [{ partitionIndex: 3, leader: 1, leaderEpoch: 7, replicas: [1, 2], isr: [1] }],
  },
  { type: 'removeTopic', topicId: 'BBBBBBBBBBBBBBBBBBBBBA' },
  { type: 'config', resourceType: 2, resourceName: 'a', name: 'retention.ms', value: '5' },
  { type: 'config', resourceType: 4, resourceName: '', name: 'retention.ms', value: null },
  { type: 'producerIds', next: 123456789012 },
  { type: 'features', epoch: 3, levels: [{ name: 'transaction.version', level: 1 }] },
]

test('every fact is read as it was written', t => {
  for (const fact of facts) {
    const { key, value } = metadataCodec.encode(fact)
    t.deepEqual(metadataCodec.decode(key, value), fact)
  }
})

test('a fact of a type that isn’t known is skipped', t => {
  t.is(metadataCodec.decode(Buffer.from([0, 99]), Buffer.from([1, 2, 3])), null)
})

test('stored bytes don’t share memory with later ones', t => {
  const first = metadataCodec.encode(facts[0]!)
  const before = Buffer.from(first.value!)
  for (const fact of facts) metadataCodec.encode(fact)
  t.deepEqual(first.value, before)
})
