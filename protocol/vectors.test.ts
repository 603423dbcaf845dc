import { readFileSync } from 'node:fs'
import test from 'ava'
import { factsFile } from './testing/facts.ts'
import { checkVector } from './testing/vector.ts'

const linesOf = (name: string): string[] => readFileSync(factsFile(name), 'utf8').trim().split('\n')
const failuresOf = (lines: readonly string[]): string[] => lines.map(checkVector).filter(failure => failure !== null)

test("our codecs write and read messages as Kafka's own serialisers do", t => {
  const lines = linesOf('vectors.jsonl')
  t.is(lines.length, 1296)
  t.deepEqual(failuresOf(lines), [])
})

test("our codecs write and read stored records as Kafka's own serialisers do", t => {
  const lines = linesOf('record-vectors.jsonl')
  t.true(lines.length > 100)
  t.deepEqual(failuresOf(lines), [])
})

test('a vector with other bytes, another value or an unknown field is told as failed', t => {
  const line = (message: string, version: number, value: unknown, hex: string) =>
    checkVector(JSON.stringify({ message, version, value, hex }))
  t.is(line('EndTxnMarker', 0, { coordinatorEpoch: 1 }, '00000001'), null)
  t.regex(
    line('EndTxnMarker', 0, { coordinatorEpoch: 2 }, '00000001') ?? '',
    /encodes to 02 where 01 is wanted, at byte 3/,
  )
  t.regex(line('EndTxnMarker', 0, { coordinatorEpoch: 1 }, '0000000100') ?? '', /encodes to the end where 00/)
  t.regex(line('EndTxnMarker', 0, { epoch: 1 }, '00000001') ?? '', /no field epoch/)
  t.regex(line('EndTxnMarker', 1, { coordinatorEpoch: 1 }, '00000001') ?? '', /UNSUPPORTED_VERSION/)
  t.regex(line('EndTxnMarkers', 0, {}, '') ?? '', /no such message/)
  t.regex(checkVector('{') ?? '', /not a vector/)
})
