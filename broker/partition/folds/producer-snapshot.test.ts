import test from 'ava'
import { decodeProducerSnapshot, encodeProducerSnapshot } from './producer-snapshot.ts'

/** Written by Kafka 4.3: an idempotent producer, and one of a transaction that was aborted. */
const fromKafka = Buffer.from(
  '0001780cd11a000000020000000000001092000300000001000000000000000200000001000001a202102ca8ffffffffffffffffffffffff00000000000000040001ffffffffffffffffffffffff00000000000001a202106a8900000000ffffffffffffffff',
  'hex',
)

test('the file of Kafka 4.3 is read, and written again byte for byte', t => {
  const entries = decodeProducerSnapshot(fromKafka)
  t.deepEqual(entries, [
    {
      producer: {
        id: 4242,
        epoch: 3,
        batches: [{ firstSequence: 0, lastSequence: 1, lastOffset: 2, offsetDelta: 1, timestamp: 0x1a202102ca8 }],
        lastTimestamp: 0x1a202102ca8,
        coordinatorEpoch: -1,
      },
      openedAt: -1,
    },
    {
      producer: { id: 4, epoch: 1, batches: [], lastTimestamp: 0x1a202106a89, coordinatorEpoch: 0 },
      openedAt: -1,
    },
  ])
  t.deepEqual(encodeProducerSnapshot(entries!), fromKafka)
})

test('a file that is cut, changed or of another version is no file', t => {
  for (let length = 0; length < fromKafka.length; length++)
    t.is(decodeProducerSnapshot(fromKafka.subarray(0, length)), null)
  for (let at = 0; at < fromKafka.length; at++) {
    const changed = Buffer.from(fromKafka)
    changed[at]! ^= 0x10
    t.is(decodeProducerSnapshot(changed), null)
  }
})
