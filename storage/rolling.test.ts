import test from 'ava'
import { mustRoll } from './rolling.ts'

const options = { segmentBytes: 1000, segmentMs: 500 }
const segment = { start: 10, sizeBytes: 900, firstTimestamp: 5000, openedMs: 100 }
const batch = { lastOffset: 20, maxTimestamp: 5100, sizeBytes: 100 }

test('a batch that fits in size, age and offsets does not roll', t => {
  t.false(mustRoll(segment, batch, options, 100_000))
})

test('a batch that passes segmentBytes rolls, except in an empty segment', t => {
  t.true(mustRoll(segment, { ...batch, sizeBytes: 101 }, options, 0))
  t.false(mustRoll({ ...segment, sizeBytes: 0 }, { ...batch, sizeBytes: 5000 }, options, 0))
})

test('age is measured by timestamps, and by the clock where one is missing', t => {
  t.false(mustRoll(segment, { ...batch, maxTimestamp: 5500 }, options, 0))
  t.true(mustRoll(segment, { ...batch, maxTimestamp: 5501 }, options, 0))
  t.false(mustRoll({ ...segment, firstTimestamp: -1 }, batch, options, 600))
  t.true(mustRoll({ ...segment, firstTimestamp: -1 }, batch, options, 601))
  t.true(mustRoll(segment, { ...batch, maxTimestamp: -1 }, options, 601))
})

test('an offset that is too far from the base for 32 bits rolls', t => {
  t.false(mustRoll(segment, { ...batch, lastOffset: 10 + 0x7fffffff }, options, 0))
  t.true(mustRoll(segment, { ...batch, lastOffset: 11 + 0x7fffffff }, options, 0))
})
