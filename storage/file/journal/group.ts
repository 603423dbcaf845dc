/**
 * A group of entries as the journal writes it: in one piece, whole blocks, with what it takes to know it again among old content.
 *
 *     0   magic u32           40  size of the head u32
 *     4   CRC-32C u32         44  entries u32
 *     8   journal 16 bytes    48  size of the payload i64
 *     24  sequence i64        56  entries.ts, to the end of the head; payload; zeros
 *     32  live from i64       the last 8 bytes: magic u32, the same checksum
 *
 * The checksum covers the head from byte 8 on. The last bytes tell a group whose write was refused half-way from one that is whole.
 */
import * as batch from '../../../protocol/records/batch.ts'
import { crc32c } from '../../../protocol/records/crc32c.ts'
import type { Offset } from '../../engine.ts'
import {
  type AppendedEntry,
  type AppendedHead,
  decodeEntries,
  type EntryBytes,
  type SmallEntry,
  STAMP_BYTES,
} from './entries.ts'

/** A group fills whole blocks: the next one touches no byte of it, nor of its sectors. */
const BLOCK_BYTES = 4096
const MAGIC = 0x534a4e31
const END_MAGIC = 0x534a4e45
const FIXED_BYTES = 56
const TRAILER_BYTES = 8
/** Up to so much a group is put together in one buffer: copying costs less than a long list of buffers. */
const COPIED_BYTES = 256 * 1024

/** Bytes of an id of a journal. */
export const ID_BYTES = 16

/** What distinguishes a group. */
export interface GroupName {
  /** `ID_BYTES` bytes: no other journal's. */
  readonly journal: Buffer
  /** One more than the group before has. */
  readonly sequence: number
  /** Groups with a smaller sequence aren't needed any more. */
  readonly liveFrom: number
}

/** What groups of so many bytes of heads and payloads take in a file. */
export const groupSize = (entryBytes: number): number =>
  Math.ceil((FIXED_BYTES + entryBytes + TRAILER_BYTES) / BLOCK_BYTES) * BLOCK_BYTES

/** Encodes groups, one at a time: what it returns is valid until the next call. */
export class GroupEncoder {
  #head = Buffer.allocUnsafeSlow(BLOCK_BYTES)
  readonly #tail = Buffer.alloc(BLOCK_BYTES + TRAILER_BYTES)
  readonly #copied = Buffer.allocUnsafeSlow(COPIED_BYTES)

  /** The group's bytes, `groupSize` of them, in one buffer if they are few. */
  encode({ journal, sequence, liveFrom }: GroupName, entries: readonly EntryBytes[]): Buffer[] {
    let headBytes = FIXED_BYTES
    let payloadBytes = 0
    for (const entry of entries) {
      headBytes += entry.headBytes
      payloadBytes += entry.payloadBytes
    }
    if (headBytes > this.#head.length) this.#head = Buffer.allocUnsafeSlow(2 * headBytes)
    const head = this.#head.subarray(0, headBytes)
    head.writeUInt32BE(MAGIC)
    journal.copy(head, 8)
    batch.writeInt64(head, 24, sequence)
    batch.writeInt64(head, 32, liveFrom)
    head.writeUInt32BE(headBytes, 40)
    head.writeUInt32BE(count(entries), 44)
    batch.writeInt64(head, 48, payloadBytes)
    let at = FIXED_BYTES
    for (const entry of entries) {
      entry.encode(head, at)
      at += entry.headBytes
    }
    const sum = crc32c(head, 8)
    head.writeUInt32BE(sum, 4)
    const size = groupSize(headBytes - FIXED_BYTES + payloadBytes)
    const tail = this.#tail.subarray(this.#tail.length - (size - headBytes - payloadBytes))
    tail.writeUInt32BE(END_MAGIC, tail.length - 8)
    tail.writeUInt32BE(sum, tail.length - 4)
    const buffers = [head]
    for (const entry of entries) entry.addPayload(buffers)
    buffers.push(tail)
    return size <= COPIED_BYTES ? [this.#copy(buffers)] : buffers
  }

  #copy(buffers: readonly Buffer[]): Buffer {
    let at = 0
    for (const buffer of buffers) at += buffer.copy(this.#copied, at)
    return this.#copied.subarray(0, at)
  }
}

/** An append has an entry in the head for each of its runs. */
const count = (entries: readonly EntryBytes[]): number => {
  let sum = 0
  for (const entry of entries) sum += entry.entries
  return sum
}

/** Batches of an append, and their last offset. */
export interface WholeAppend extends AppendedEntry {
  readonly lastOffset: Offset
}

/** An entry whose payload was checked. */
export type Entry = WholeAppend | SmallEntry

/** A group as it is read. */
export interface Group {
  readonly sequence: number
  readonly liveFrom: number
  readonly sizeBytes: number
  readonly entries: readonly Entry[]
}

/**
 * The group of the journal that begins at `at` of a file, or null if none does that is whole: it may be torn, old or anything.
 * Throws a RangeError for one that is whole and yet isn't understood.
 */
export const decodeGroup = (file: Buffer, at: number, journal: Buffer): Group | null => {
  if (at + BLOCK_BYTES > file.length || file.readUInt32BE(at) !== MAGIC) return null
  if (!journal.equals(file.subarray(at + 8, at + 8 + ID_BYTES))) return null
  const headBytes = file.readUInt32BE(at + 40)
  const payloadBytes = Number(file.readBigInt64BE(at + 48))
  if (headBytes < FIXED_BYTES || payloadBytes < 0) return null
  const sizeBytes = groupSize(headBytes - FIXED_BYTES + payloadBytes)
  const end = at + sizeBytes
  if (end > file.length) return null
  const sum = file.readUInt32BE(at + 4)
  if (crc32c(file, at + 8, at + headBytes) !== sum) return null
  if (file.readUInt32BE(end - 8) !== END_MAGIC || file.readUInt32BE(end - 4) !== sum) return null
  const payloadAt = at + headBytes
  const heads = decodeEntries(file.subarray(0, payloadAt), at + FIXED_BYTES, file.readUInt32BE(at + 44), payloadAt)
  if (payloadOf(heads) !== payloadBytes) throw new RangeError('a group of another size than its entries')
  const entries: Entry[] = []
  for (const head of heads) {
    const entry = head.kind === 'appended' ? wholeAppend(file, head) : head
    if (entry === null) return null
    entries.push(entry)
  }
  const [sequence, liveFrom] = [Number(file.readBigInt64BE(at + 24)), Number(file.readBigInt64BE(at + 32))]
  return { sequence, liveFrom, sizeBytes, entries }
}

const payloadOf = (entries: readonly (AppendedHead | SmallEntry)[]): number =>
  entries.reduce((sum, entry) => sum + ('payload' in entry ? entry.payload.sizeBytes : 0), 0)

/** The entry if all its batches are as they were. */
const wholeAppend = (file: Buffer, { stamps, ...entry }: AppendedHead): WholeAppend | null => {
  let { at } = entry.payload
  let lastOffset = -1
  for (let stamp = 0; stamp < stamps.length; stamp += STAMP_BYTES) {
    if (stamps.compare(file, at, at + STAMP_BYTES, stamp, stamp + STAMP_BYTES) !== 0) return null
    if (!batch.checkCrc(file, at)) return null
    lastOffset = batch.lastOffset(file, at)
    at += batch.sizeInBytes(file, at)
  }
  return { ...entry, lastOffset }
}
