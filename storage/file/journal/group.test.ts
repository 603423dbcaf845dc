import test from 'ava'
import { batchesFrom, bytesOf } from '../../conformance/suite.ts'
import {
  AppendedBytes,
  createdBytes,
  deletedBytes,
  type EntryBytes,
  encodeId,
  rewrittenBytes,
  trimmedBytes,
} from './entries.ts'
import { decodeGroup, GroupEncoder, groupSize } from './group.ts'

const journal = Buffer.alloc(16, 7)
const ID = 'data/dGVzdC1vZi1lbmdpbmVzMQ/3'

const encode = (entries: readonly EntryBytes[], sequence = 5, liveFrom = 2): Buffer =>
  Buffer.concat(new GroupEncoder().encode({ journal, sequence, liveFrom }, entries))

const batches = batchesFrom(40, { sizeBytes: 100 }, { offsets: 5, sizeBytes: 300 }, { sizeBytes: 61 })

/** An append that passes from one segment into the next. */
const appended = new AppendedBytes(
  encodeId(ID),
  [
    { segment: { start: 10 }, position: 900, from: 0, to: 2 },
    { segment: { start: 46 }, position: 0, from: 2, to: 3 },
  ],
  batches,
)

const everyKind = [
  createdBytes(ID, 't-3'),
  appended,
  trimmedBytes(ID, 12),
  rewrittenBytes(ID, 0, 11),
  deletedBytes('state/cluster'),
]

test('every kind of entry is read as it was written', t => {
  const bytes = encode(everyKind)
  const group = decodeGroup(bytes, 0, journal)!
  t.is(group.sequence, 5)
  t.is(group.liveFrom, 2)
  t.is(group.sizeBytes, bytes.length)
  const [created, first, second, ...others] = group.entries
  t.deepEqual(created, { kind: 'created', id: ID, name: 't-3' })
  t.deepEqual(others, [
    { kind: 'trimmed', id: ID, start: 12 },
    { kind: 'rewritten', id: ID, from: 0, to: 11 },
    { kind: 'deleted', id: 'state/cluster' },
  ])
  if (first?.kind !== 'appended' || second?.kind !== 'appended') return t.fail()
  t.like(first, { id: ID, segment: 10, position: 900, lastOffset: 45 })
  t.like(second, { id: ID, segment: 46, position: 0, lastOffset: 46 })
  const payload = ({ at, sizeBytes }: { at: number; sizeBytes: number }) => bytes.subarray(at, at + sizeBytes)
  t.deepEqual(payload(first.payload), Buffer.concat(bytesOf(batches.slice(0, 2))))
  t.deepEqual(payload(second.payload), batches[2]!.bytes)
})

test('a group fills whole blocks, and large ones are not copied', t => {
  t.is(encode([trimmedBytes(ID, 1)]).length, 4096)
  t.is(groupSize(4096 - 64), 4096)
  t.is(groupSize(4097 - 64), 8192)
  const large = batchesFrom(0, { sizeBytes: 400_000 })
  const run = { segment: { start: 0 }, position: 0, from: 0, to: 1 }
  const buffers = new GroupEncoder().encode({ journal, sequence: 1, liveFrom: 1 }, [
    new AppendedBytes(encodeId(ID), [run], large),
  ])
  t.is(buffers[1], large[0]!.bytes)
  t.is(Buffer.concat(buffers).length % 4096, 0)
  t.is(decodeGroup(Buffer.concat(buffers), 0, journal)?.entries.length, 1)
})

test('an encoder leaves nothing of one group in the next', t => {
  const encoder = new GroupEncoder()
  const name = { journal, sequence: 1, liveFrom: 1 }
  encoder.encode(name, everyKind)
  const again = Buffer.concat(encoder.encode(name, [deletedBytes(ID)]))
  t.deepEqual(again, encode([deletedBytes(ID)], 1, 1))
})

test('a group with any byte changed that counts is none', t => {
  const bytes = encode(everyKind)
  const { entries } = decodeGroup(bytes, 0, journal)!
  const ends = entries.map(entry => (entry.kind === 'appended' ? entry.payload.at + entry.payload.sizeBytes : 0))
  const padding = { from: Math.max(...ends), to: bytes.length - 8 }
  for (let at = 0; at < bytes.length; at++) {
    if (at >= padding.from && at < padding.to) continue
    const changed = Buffer.from(bytes)
    changed[at]! ^= 0x10
    t.is(decodeGroup(changed, 0, journal), null, `byte ${at}`)
  }
})

test('a group that was written in part is none, also over an older one', t => {
  const bytes = encode(everyKind)
  const older = encode([...everyKind].reverse(), 1, 1)
  t.is(older.length, bytes.length)
  for (let written = 0; written < bytes.length; written += 64) {
    t.is(decodeGroup(bytes.subarray(0, written), 0, journal), null, `${written} bytes`)
    const over = Buffer.concat([bytes.subarray(0, written), older.subarray(written)])
    const found = decodeGroup(over, 0, journal)
    if (written === 0) t.is(found?.sequence, 1)
    else t.is(found, null, `${written} bytes over another group`)
  }
})

test('a group of another journal is none', t => {
  t.is(decodeGroup(encode(everyKind), 0, Buffer.alloc(16, 8)), null)
})

test('a group that is whole and holds an unknown entry is an error', t => {
  const [known] = [deletedBytes(ID)]
  const unknown: EntryBytes = {
    entries: 1,
    payloadBytes: 0,
    headBytes: known.headBytes,
    encode(head, at) {
      known.encode(head, at)
      head[at] = 99
    },
    addPayload() {},
  }
  t.throws(() => decodeGroup(encode([unknown]), 0, journal), { instanceOf: RangeError })
})
