import test from 'ava'
import { partitionOfKey } from './partition-of-key.ts'

test('a key is kept in the partition in which Kafka 4.3 keeps it, also where its hash is negative', t => {
  const observed = { alone: 47, 'by-admin': 37, 'by-member': 0, fill: 43, 'fill-overlapping': 41, 'fill-lost': 28 }
  for (const [key, partition] of Object.entries(observed)) t.is(partitionOfKey(key, 50), partition, key)
})

test('the least hash there is leads to the first partition', t => {
  t.is(partitionOfKey('polygenelubricants', 50), 0)
})
