/**
 * For tests: record data as kafka-clients 3.9.1 wrote it, with what is inside (protocol/facts/record-batches.jsonl).
 */
import { readFileSync } from 'node:fs'

/** A record as Kafka reads it; bytes are base64, a header is `[key, value]`. */
export interface FactRecord {
  readonly offset: number
  readonly timestamp: number
  readonly key: string | null
  readonly value: string | null
  readonly headers?: readonly (readonly [string, string | null])[]
}

/** A batch, or an outermost message of magic 0 or 1, as Kafka reads it. The fields from `producerId` on are magic 2's. */
export interface FactBatch {
  readonly magic: 0 | 1 | 2
  readonly baseOffset: number
  readonly lastOffset: number
  readonly compression: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
  readonly timestampType: 'NoTimestampType' | 'CreateTime' | 'LogAppendTime'
  readonly maxTimestamp: number
  readonly sizeInBytes: number
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly partitionLeaderEpoch?: number
  readonly isTransactional?: boolean
  readonly isControlBatch?: boolean
  readonly crc?: number
  readonly records: readonly FactRecord[]
}

/** One line of the file; `from` is what Kafka converted down to `data`. */
export interface Fact {
  readonly what: string
  readonly data: Buffer
  readonly from: Buffer | null
  readonly batches: readonly FactBatch[]
}

/** All lines. */
export const facts: readonly Fact[] = readFileSync('protocol/facts/record-batches.jsonl', 'utf8')
  .trimEnd()
  .split('\n')
  .map(line => {
    const { what, hex, fromHex, batches } = JSON.parse(line)
    return { what, data: Buffer.from(hex, 'hex'), from: fromHex ? Buffer.from(fromHex, 'hex') : null, batches }
  })

/** The lines that are v2 batches, one batch each. */
export const batchFacts: readonly Fact[] = facts.filter(fact => fact.batches[0]!.magic === 2)

/** The lines that are message sets of magic 0 or 1. */
export const messageSetFacts: readonly Fact[] = facts.filter(fact => fact.batches[0]!.magic < 2)
