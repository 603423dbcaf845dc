/** Reads the headers of the batches in a `.log` file as the format's description says: a second opinion beside Kafka's tool. */
import { readFileSync } from 'node:fs'

/** A batch's header, in the words of DumpLogSegments. */
export interface BatchHeader {
  readonly position: number
  readonly size: number
  readonly baseOffset: number
  readonly lastOffset: number
  readonly count: number
  readonly baseSequence: number
  readonly producerId: number
  readonly producerEpoch: number
  readonly partitionLeaderEpoch: number
  readonly isTransactional: boolean
  readonly isControl: boolean
  readonly compresscodec: string
  readonly magic: number
  readonly crc: number
  /** The batch's greatest timestamp. */
  readonly timestamp: number
}

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

/** The headers in the order of the file, to its last byte. Throws where a batch isn't whole. */
export function readBatchHeaders(path: string): readonly BatchHeader[] {
  const file = readFileSync(path)
  const headers: BatchHeader[] = []
  for (let position = 0; position < file.length; ) {
    const size = file.readInt32BE(position + 8) + 12
    if (size < 61 || position + size > file.length) throw new Error(`${path}: no whole batch at byte ${position}`)
    const attributes = file.readInt16BE(position + 21)
    const baseOffset = Number(file.readBigInt64BE(position))
    headers.push({
      ...{ position, size, baseOffset, lastOffset: baseOffset + file.readInt32BE(position + 23) },
      count: file.readInt32BE(position + 57),
      baseSequence: file.readInt32BE(position + 53),
      producerId: Number(file.readBigInt64BE(position + 43)),
      producerEpoch: file.readInt16BE(position + 51),
      partitionLeaderEpoch: file.readInt32BE(position + 12),
      isTransactional: (attributes & 0x10) !== 0,
      isControl: (attributes & 0x20) !== 0,
      compresscodec: codecs[attributes & 7] ?? String(attributes & 7),
      magic: file.readInt8(position + 16),
      crc: file.readUInt32BE(position + 17),
      timestamp: Number(file.readBigInt64BE(position + 35)),
    })
    position += size
  }
  return headers
}
