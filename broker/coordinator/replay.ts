import * as batch from '../../protocol/records/batch.ts'
import { codecOf, ready } from '../../protocol/records/compression.ts'
import { readControl } from '../../protocol/records/control.ts'
import { records } from '../../protocol/records/records.ts'
import { DamagedRange, type Offset } from '../../storage/engine.ts'
import { readPastDamage } from '../../storage/read-past-damage.ts'
import type { Machine, Producer } from './machine.ts'
import type { RecordCodec } from './record-codec.ts'
import type { ShardLog } from './shard-log.ts'

/** Bytes of one read: what a load holds in memory, and keeps everybody else waiting for, at a time. */
const READ_BYTES = 128 * 1024

/** What a replay needs of a machine. */
export type Applies<Rec> = Pick<Machine<never, Rec, unknown>, 'apply' | 'applyMarker'>

/** Is told of a part of the log that can't be read and is passed over. */
type Passed = (range: DamagedRange) => void

/**
 * Applies all records of the log to the machine, in order and in bounded portions; returns the log's end. What is damaged is passed over: `passed` is told. Lets
 * other work run between portions. Throws what the log, the codec or the machine throws, and the KafkaErrors of malformed batches.
 */
export const replay = async <Rec>(
  log: ShardLog,
  codec: RecordCodec<Rec>,
  machine: Applies<Rec>,
  passed: Passed,
): Promise<Offset> => {
  const { start, end } = await log.bounds()
  let next = start
  while (next < end) {
    const slice = await readPastDamage(log, next, { maxBytes: READ_BYTES, atLeastOne: true }, passed)
    try {
      for (const chunk of slice.chunks) await applyChunk(chunk, codec, machine, passed)
    } finally {
      slice.release()
    }
    if (slice.next <= next) break // compaction left nothing between here and the end
    next = slice.next
    if (next < end) await new Promise<void>(resolve => setImmediate(resolve))
  }
  return Math.max(next, end)
}

const applyChunk = async <Rec>(
  chunk: Buffer,
  codec: RecordCodec<Rec>,
  machine: Applies<Rec>,
  passed: Passed,
): Promise<void> => {
  for (const position of batch.batches(chunk)) {
    if (!batch.checkCrc(chunk, position)) {
      const [from, to] = [batch.baseOffset(chunk, position), batch.nextOffset(chunk, position)]
      passed(new DamagedRange(from, to, `the batch of offsets ${from} to ${to - 1} has a wrong checksum`))
      continue
    }
    await ready(codecOf(batch.codec(chunk, position)))
    if (batch.isControl(chunk, position)) applyControl(chunk, position, machine)
    else applyBatch(chunk, position, codec, machine)
  }
}

const applyBatch = <Rec>(chunk: Buffer, position: number, codec: RecordCodec<Rec>, machine: Applies<Rec>): void => {
  const producer = batch.isTransactional(chunk, position) ? producerOf(chunk, position) : null
  for (const { key, value, offset, timestamp } of records(chunk, position)) {
    const record = key === null ? null : codec.decode(key, value)
    if (record !== null) machine.apply(record, { offset, timestamp, producer })
  }
}

const applyControl = (chunk: Buffer, position: number, machine: Applies<never>): void => {
  const control = readControl(chunk, position)
  if (control === null || control.type === 'other') return
  const producer = producerOf(chunk, position)
  const at = { offset: batch.baseOffset(chunk, position), timestamp: batch.maxTimestamp(chunk, position), producer }
  const { type, coordinatorEpoch } = control
  machine.applyMarker({ ...producer, committed: type === 'commit', coordinatorEpoch }, at)
}

const producerOf = (chunk: Buffer, position: number): Producer => ({
  id: batch.producerId(chunk, position),
  epoch: batch.producerEpoch(chunk, position),
})
