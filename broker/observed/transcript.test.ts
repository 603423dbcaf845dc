import test from 'ava'
import { Fetch, InitProducerId, JoinGroup } from '../../protocol/messages/index.ts'
import { buildBatch } from '../../protocol/records/build.ts'
import { responseCodec } from '../../protocol/schema/codec.ts'
import type { Api, ResponseOf } from '../../protocol/schema/notation.ts'
import { Reader } from '../../protocol/wire/reader.ts'
import { Writer } from '../../protocol/wire/writer.ts'
import { explains } from './deviations.ts'
import { Names } from './names.ts'
import { render } from './render.ts'
import { differences, type Played, readTranscript, writeTranscript } from './transcript.ts'

const played = (...answers: readonly (readonly [version: number, text: string])[]): Played => ({
  id: 'exchange',
  steps: [{ label: 'Fetch: a step', answers: new Map(answers) }],
})

const shown = <A extends Api>(api: A, version: number, answer: ResponseOf<A>, names = new Names()): string => {
  const writer = new Writer()
  responseCodec(api, version).encode(writer, answer)
  const read = responseCodec(api, version).decode(new Reader(Buffer.concat(writer.finish())))
  return render(api, version, read, names)
}

test('a transcript is read as it was written, and versions with the same answer share a line', t => {
  const exchange = played([3, '{a}'], [4, '{a}'], [5, '{b}'], [7, '{b}'])
  const text = writeTranscript('Kafka 4.3', [exchange])
  t.deepEqual(text.split('\n').slice(3, -1), ['Fetch: a step', '  3-4 {a}', '  5 {b}', '  7 {b}'])
  t.deepEqual(readTranscript(text), [exchange])
  t.throws(() => readTranscript('# heading\n  3 {a}\n'), { message: /not a line of a transcript/ })
})

test('differences are told by version, also where only one side has an answer', t => {
  const found = differences(played([1, '{a}'], [2, '{a}'], [3, '{a}']), played([1, '{a}'], [2, '{b}'], [4, '{b}']))
  t.deepEqual(
    found.map(({ version, recorded, answered }) => [version, recorded, answered]),
    [
      [2, '{a}', '{b}'],
      [3, '{a}', '(not asked)'],
      [4, '(not asked)', '{b}'],
    ],
  )
  t.is(differences(undefined, played([1, '{a}'])).length, 1)
})

test('a deviation explains its own step and versions, and only what it says of Samsa', t => {
  const [found] = differences(played([2, '{error: A}']), played([2, '{error: B}']))
  const deviation = { exchange: 'exchange', step: 'Fetch: a step', samsa: 'error: B', reason: '' }
  t.true(explains(deviation, found!))
  t.true(explains({ ...deviation, versions: [2, 2] }, found!))
  t.false(explains({ ...deviation, versions: [3, 9] }, found!))
  t.false(explains({ ...deviation, step: 'Fetch: another' }, found!))
  t.false(explains({ ...deviation, samsa: 'error: C' }, found!))
  t.false(explains({ ...deviation, samsa: 'error' }, found!))
})

test('ids are shown by order of appearance, and names by what they stand for', t => {
  const names = new Names()
  names.alias('run-x-001-t', 't')
  t.is(
    shown(InitProducerId, 1, { errorCode: 0, producerId: 4000, producerEpoch: 0 }, names),
    '{errorCode: NONE, producerId: producer 1}',
  )
  t.is(
    shown(InitProducerId, 1, { errorCode: 0, producerId: 0, producerEpoch: 1 }, names),
    '{errorCode: NONE, producerId: producer 2, producerEpoch: 1}',
  )
  t.is(
    shown(InitProducerId, 1, { errorCode: 53, producerId: -1, producerEpoch: 0 }, names),
    '{errorCode: TRANSACTIONAL_ID_AUTHORIZATION_FAILED}',
  )
  const memberId = 'client-0b0c1c4e-6f2c-4a9e-9d52-4d8f1c8f3c11'
  const joined = { errorCode: 0, protocolName: 'run-x-001-t', leader: memberId, memberId, members: [] }
  t.is(
    shown(JoinGroup, 0, joined, names),
    "{errorCode: NONE, protocolName: 't', leader: 'client-#1', memberId: 'client-#1'}",
  )
})

test('records are shown one by one, with the sizes of what is not compressed', t => {
  const record = {
    timestamp: 1000,
    key: Buffer.from('k'),
    value: null,
    headers: [{ key: 'h', value: Buffer.from([0]) }],
  }
  const partition = (...records: Buffer[]) => ({
    partitionIndex: 0,
    errorCode: 0,
    highWatermark: 1,
    records,
    abortedTransactions: [],
  })
  const of = (...records: Buffer[]) =>
    shown(Fetch, 4, { responses: [{ topic: 't', partitions: [partition(...records)] }] })
  const plain = buildBatch({ records: [record] })
  const text = `[batch 0..0 epoch -1 ${plain.length} bytes CreateTime up to 1000: [0 @1000 'k'=null h:0x00]]`
  t.true(of(plain).includes(text))
  t.true(of(plain, plain.subarray(0, 40)).includes(text), 'a torn end is not shown')
  t.true(of(buildBatch({ records: [record], compression: 'gzip' })).includes('epoch -1 gzip CreateTime'))
  const wrong = Buffer.from(plain)
  wrong.writeUInt8(wrong[30]! ^ 1, 30)
  t.true(of(wrong).includes('WRONG CRC'))
})
