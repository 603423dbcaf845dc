import * as batch from '../../protocol/records/batch.ts'
import { codecOf, ready } from '../../protocol/records/compression.ts'
import { readControl } from '../../protocol/records/control.ts'
import { records } from '../../protocol/records/records.ts'
import type { Offset } from '../../storage/engine.ts'
import type { Machine, Producer } from './machine.ts'
import type { RecordCodec } from './record-codec.ts'
import type { ShardLog } from './shard-log.ts'

/** Bytes of one read: what a load holds in memory, and keeps everybody else waiting for, at a time. */
const READ_BYTES = 128 * 1024

/** What a replay needs of a machine. */
export type Applies<Rec> = Pick<Machine<never, Rec, unknown>, 'apply' | 'applyMarker'>

/**
 * Applies all records of the log to the machine, in order and in bounded portions; returns the log's end. Lets other work
 * run between portions. Throws what the log, the codec or the machine throws, and the KafkaErrors of malformed batches.
 */
export const replay = async <Rec>(log: ShardLog, codec: RecordCodec<Rec>, machine: Applies<Rec>): Promise<Offset> => {
  const { start, end } = await log.bounds()
  let next = start
  while (next < end) {
    const slice = await log.read(next, { maxBytes: READ_BYTES, atLeastOne: true })
    try {
      for (const chunk of slice.chunks) await applyChunk(chunk, codec, machine)
    } finally {
      slice.release()
    }
    if (slice.next <= next) break // compaction left nothing between here and the end
    next = slice.next
    if (next < end) await new Promise<void>(resolve => setImmediate(resolve))
  }
  return Math.max(next, end)
}

const applyChunk = async <Rec>(chunk: Buffer, codec: RecordCodec<Rec>, machine: Applies<Rec>): Promise<void> => {
  for (const position of batch.batches(chunk)) {
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
