import test from 'ava'
import { KafkaError } from '../../protocol/errors.ts'
import { type GroupRecord, groupRecordCodec, NO_TOPIC_ID } from './group-record.ts'
import { partitionOfGroup } from './offsets-topic.ts'

const { encode, decode } = groupRecordCodec

/** Records of `__consumer_offsets` as Kafka 4.3.1 was seen to write them. */
const observed: readonly { key: string; value: string; record: GroupRecord }[] = [
  {
    key: '000100046e6f706500017400000000',
    value: '00040000000000000005ffffffff01000001a201f0871e0100104200d1107ab745af96e9fba491102fa0',
    record: {
      type: 'offset',
      group: 'nope',
      topic: 't',
      partition: 0,
      value: {
        offset: 5,
        leaderEpoch: -1,
        metadata: '',
        commitTimestamp: 0x1a201f0871e,
        expireTimestamp: -1,
        topicId: 'QgDREHq3Ra-W6fukkRAvoA',
      },
    },
  },
  {
    key: '0002000173',
    value: '00030008636f6e73756d657200000006ffffffff000001a201f0895600000000',
    record: {
      type: 'group',
      group: 's',
      value: {
        protocolType: 'consumer',
        generation: 6,
        protocol: null,
        leader: null,
        currentStateTimestamp: 0x1a201f08956,
        members: [],
      },
    },
  },
]

test('records are the bytes that Kafka writes', t => {
  for (const { key, value, record } of observed) {
    const encoded = encode(record)
    t.is(encoded.key.toString('hex'), key)
    t.is(encoded.value!.toString('hex'), value)
    t.deepEqual(decode(Buffer.from(key, 'hex'), Buffer.from(value, 'hex')), record)
  }
})

test('an offset with an expiry of its own is written in the version that has room for it', t => {
  const record: GroupRecord = {
    type: 'offset',
    group: 'g',
    topic: 't',
    partition: 3,
    value: {
      offset: 1,
      leaderEpoch: -1,
      metadata: 'm',
      commitTimestamp: 10,
      expireTimestamp: 20,
      topicId: NO_TOPIC_ID,
    },
  }
  const { key, value } = encode(record)
  t.is(value!.readInt16BE(0), 1)
  t.deepEqual(decode(key, value), record)
})

test('a group with members comes back as it was, in buffers of its own', t => {
  const record: GroupRecord = {
    type: 'group',
    group: 'g',
    value: {
      protocolType: 'consumer',
      generation: 3,
      protocol: 'range',
      leader: 'a',
      currentStateTimestamp: 99,
      members: [
        {
          memberId: 'a',
          groupInstanceId: 'i',
          clientId: 'c',
          clientHost: '/::1',
          rebalanceTimeout: 5,
          sessionTimeout: 6,
          subscription: Buffer.from('sub'),
          assignment: Buffer.from('asg'),
        },
      ],
    },
  }
  const { key, value } = encode(record)
  const decoded = decode(key, value)
  value!.fill(0)
  t.deepEqual(decoded, record)
})

test('tombstones say what is gone', t => {
  for (const { record } of observed) {
    const gone = { ...record, value: null } as GroupRecord
    const { key, value } = encode(gone)
    t.is(value, null)
    t.deepEqual(decode(key, null), gone)
  }
})

test('records of group protocols that are not served are skipped', t => {
  t.is(decode(Buffer.from('0003000167', 'hex'), Buffer.from('0000', 'hex')), null)
})

test('what is no record is refused', t => {
  for (const [key, value] of [
    ['', ''],
    ['00', ''],
    ['00010004', '0004'],
    ['0002000173', ''],
    ['0002000173', '0003ffff'],
    ['0002000173', '7fff0000'],
  ] as const) {
    t.throws(() => decode(Buffer.from(key, 'hex'), Buffer.from(value, 'hex')), { any: true, instanceOf: KafkaError })
  }
})

test('a group is kept in the partition where Kafka keeps it', t => {
  // Observed with Kafka 4.3.1 and 50 partitions.
  t.is(partitionOfGroup('nope', 50), 4)
  t.is(partitionOfGroup('s', 50), 15)
  t.is(partitionOfGroup('a2', 50), 7)
  t.is(partitionOfGroup('', 50), 0)
  t.is(partitionOfGroup('polygenelubricants', 50), 0, 'the hash that has no absolute value')
})
