import test from 'ava'
import { KafkaError } from '../../protocol/errors.ts'
import { type TransactionRecord, transactionRecordCodec } from './transaction-record.ts'
import { NONE, type Transaction, transactionStates } from './transaction.ts'

const { encode, decode } = transactionRecordCodec

const transaction: Transaction = {
  transactionalId: 'tx',
  producerId: 19,
  previousProducerId: 19,
  nextProducerId: NONE,
  producerEpoch: 2,
  lastProducerEpoch: NONE,
  timeoutMs: 60_000,
  state: 'Ongoing',
  partitions: new Map([['t', new Set([1, 0])]]),
  lastUpdateMs: 1_795_339_784_116,
  startMs: 1_795_339_784_115,
  clientVersion: 2,
}

const recordOf = (changes: Partial<Transaction> = {}, valueVersion = 1): TransactionRecord => ({
  transactionalId: 'tx',
  transaction: { ...transaction, ...changes },
  valueVersion,
})

const again = (record: TransactionRecord): TransactionRecord | null => {
  const { key, value } = encode(record)
  return decode(key, value)
}

/** What Kafka 4.3.1 was seen to write: the last transaction of a producer id being ended, ended, and one of the old form. */
const observed: readonly { key: string; value: string; says: Partial<Transaction>; valueVersion: number }[] = [
  {
    key: '000000116578682d31373935333430303134363738',
    value:
      '000100000000000000687fff0000ea600301000001a2029acebc000001a2029acebc03000800000000000000680108000000000000006a02020002',
    says: { state: 'PrepareAbort', producerId: 104, producerEpoch: 32767, nextProducerId: 106, clientVersion: 2 },
    valueVersion: 1,
  },
  {
    key: '000000116578682d31373935333430303134363738',
    value: '0001000000000000006a00000000ea600501000001a2029acebc000001a2029acebc020008000000000000006802020002',
    says: { state: 'CompleteAbort', producerId: 106, producerEpoch: 0, previousProducerId: 104, clientVersion: 2 },
    valueVersion: 1,
  },
  {
    key: '000000246d77726e306a75682d7570646174652d66656174757265732d3030342d66697273742d30',
    value:
      '0000000000000000006200000000ea600200000001001e6d77726e306a75682d7570646174652d66656174757265732d3030312d740000000100000000000001a20298d7ee000001a20298d7e9',
    says: {
      state: 'PrepareCommit',
      producerId: 98,
      partitions: new Map([['mwrn0juh-update-features-001-t', new Set([0])]]),
      startMs: 1_795_339_900_905,
      clientVersion: 0,
    },
    valueVersion: 0,
  },
]

test('records are the bytes that Kafka writes', t => {
  for (const { key, value, says, valueVersion } of observed) {
    const record = decode(Buffer.from(key, 'hex'), Buffer.from(value, 'hex'))!
    t.like(record.transaction, says)
    t.is(record.valueVersion, valueVersion)
    const encoded = encode(record)
    t.is(encoded.key.toString('hex'), key)
    t.is(encoded.value!.toString('hex'), value)
  }
})

test('a record comes back as it was, in every state', t => {
  for (const state of transactionStates) {
    const record = recordOf({ state, nextProducerId: 20, previousProducerId: 18 })
    if (state === 'Empty') t.deepEqual(again(record), recordOf({ ...record.transaction, partitions: new Map() }))
    else t.deepEqual(again(record), record)
  }
})

test('the old form doesn’t know what came with the second version of transactions', t => {
  const record = recordOf({ nextProducerId: 20, previousProducerId: 18 }, 0)
  t.deepEqual(again(record), recordOf({ previousProducerId: NONE, nextProducerId: NONE, clientVersion: 0 }, 0))
})

test('the epoch before the present one is not kept', t => {
  t.deepEqual(again(recordOf({ lastProducerEpoch: 1 })), recordOf())
})

test('a tombstone says which id is gone', t => {
  const gone: TransactionRecord = { transactionalId: 'tx', transaction: null, valueVersion: 0 }
  t.is(encode(gone).value, null)
  t.deepEqual(again(gone), gone)
})

test('records of other types are skipped, and what is none is refused', t => {
  t.is(decode(Buffer.from('00010002', 'hex'), Buffer.alloc(0)), null)
  const { key, value } = encode(recordOf())
  const refused = (key: Buffer, value: Buffer) =>
    t.throws(() => decode(key, value), { any: true, instanceOf: KafkaError })
  refused(key.subarray(0, 3), value!)
  refused(key, value!.subarray(0, 20))
  refused(key, Buffer.concat([Buffer.from([0, 9]), value!.subarray(2)]))
  const odd = Buffer.from(encode(recordOf({}, 0)).value!)
  odd[2 + 8 + 2 + 4] = 9
  refused(key, odd)
})
