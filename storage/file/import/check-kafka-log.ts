/**
 * Reads a log of Kafka's from its first byte to its last, checksums and order, before it is imported.
 */
import { join } from 'node:path'
import * as batch from '../../../protocol/records/batch.ts'
import type { Offset } from '../../engine.ts'
import { type Damage, describeDamage } from '../recovery/damage.ts'
import type { Disk } from '../disk.ts'
import { LogFile } from '../handles.ts'
import { scanFile } from '../recovery/scan-file.ts'
import { splitOffsetName } from '../segment-names.ts'
import type { Shared } from '../shared.ts'

/** One segment of a log that was checked. */
export interface CheckedSegment {
  readonly start: Offset
  /** Of the `.log` that count: less than the file has where its tail is torn. */
  readonly sizeBytes: number
  /** −1: no batch has one. */
  readonly maxTimestamp: number
  /** Stretches that can't be read. */
  readonly damage: readonly Damage[]
}

/** A log that was checked. */
export interface CheckedLog {
  /** Ascending; none in a directory without segments. */
  readonly segments: readonly CheckedSegment[]
  readonly start: Offset
  readonly end: Offset
  readonly batchCount: number
  readonly sizeBytes: number
  /** −1 where there is no batch. */
  readonly maxLeaderEpoch: number
  /** −1 where no batch has one. */
  readonly maxProducerId: number
  /** What was left out of the last segment, in words; null if nothing was. */
  readonly tornTail: string | null
}

/** A log that can't be imported as it is; the message says where it is damaged. */
export class DamagedLog extends Error {
  /** @param message for people: the file, the place, what is there */
  constructor(message: string) {
    super(message)
    this.name = 'DamagedLog'
  }
}

/** What of a log that isn't sound is taken all the same. */
export interface Tolerance {
  /** What follows the last sound batch of the last segment is left out, as after a crash. */
  readonly tornTail: boolean
  /** Other damage stays where it is, as in a log of ours: its offsets can't be read. */
  readonly damage: boolean
}

/**
 * Checks all segments in `directory`. Throws DamagedLog for what isn't sound and isn't tolerated. Lets other work run between portions.
 * @param shared its disk is only read
 * @param checkpointedStart the log start offset, if Kafka wrote one down
 * @param wasRead is told the bytes read since the last time
 */
export const checkKafkaLog = async (
  shared: Shared,
  directory: string,
  checkpointedStart: Offset | undefined,
  tolerance: Tolerance,
  wasRead: (bytes: number) => void,
): Promise<CheckedLog> => {
  const files = segmentFiles(shared.disk, directory)
  const segments: CheckedSegment[] = []
  const totals = new Totals()
  let end = files[0]?.start ?? 0
  let tornTail: string | null = null
  for (const [index, file] of files.entries()) {
    const checked = await checkSegment(shared, file, files[index + 1]?.start ?? null, tolerance, totals, wasRead)
    tornTail = checked.tornTail
    end = checked.end
    segments.push(checked.segment)
  }
  const start = Math.max(checkpointedStart ?? 0, segments[0]?.start ?? 0)
  if (segments.length > 0 && start > end)
    throw new DamagedLog(`${directory} ends at offset ${end}, below its log start offset ${start}`)
  const { batchCount, sizeBytes, maxLeaderEpoch, maxProducerId } = totals
  const bounds = { start, end: Math.max(start, end) }
  return { segments, ...bounds, batchCount, sizeBytes, maxLeaderEpoch, maxProducerId, tornTail }
}

/** What is summed up over the batches of a log. */
class Totals {
  batchCount = 0
  sizeBytes = 0
  maxLeaderEpoch = -1
  maxProducerId = -1

  add(buffer: Buffer, at: number): void {
    this.batchCount++
    this.sizeBytes += batch.sizeInBytes(buffer, at)
    this.maxLeaderEpoch = Math.max(this.maxLeaderEpoch, batch.leaderEpoch(buffer, at))
    this.maxProducerId = Math.max(this.maxProducerId, batch.producerId(buffer, at))
  }
}

/** @param following where the next segment begins; null for the last one */
const checkSegment = async (
  shared: Shared,
  { start, path, fileBytes }: SegmentFile,
  following: Offset | null,
  tolerance: Tolerance,
  totals: Totals,
  wasRead: (bytes: number) => void,
): Promise<{ readonly segment: CheckedSegment; readonly end: Offset; readonly tornTail: string | null }> => {
  const file = new LogFile(path)
  const damage: Damage[] = []
  let maxTimestamp = -1
  const refuse = (found: Damage): void => {
    const old = oldFormat(shared, file, found.position)
    if (old !== null || !tolerance.damage) throw new DamagedLog(old ?? describeDamage(path, found))
    damage.push(found)
  }
  const range = { from: 0, sizeBytes: fileBytes, due: start, limit: following ?? Number.MAX_SAFE_INTEGER }
  const scan = scanFile(shared, file, range, {
    batch(buffer, at) {
      maxTimestamp = Math.max(maxTimestamp, batch.maxTimestamp(buffer, at))
      totals.add(buffer, at)
    },
    damage: refuse,
  })
  let step = scan.next()
  for (; step.done !== true; step = scan.next()) {
    wasRead(step.value)
    await new Promise<void>(resolve => setImmediate(resolve))
  }
  const { position, due, problem } = step.value
  let tornTail: string | null = null
  if (problem !== null && following !== null) refuse({ position, end: fileBytes, from: due, to: following, problem })
  else if (problem !== null) {
    const what = `${path}: ${fileBytes - position} bytes from byte ${position} on: ${problem}`
    const old = oldFormat(shared, file, position)
    if (old !== null || !tolerance.tornTail) throw new DamagedLog(old ?? what)
    tornTail = what
  }
  shared.handles.close(file)
  const sizeBytes = following === null ? position : fileBytes
  return { segment: { start, sizeBytes, maxTimestamp, damage }, end: due, tornTail }
}

interface SegmentFile {
  readonly start: Offset
  readonly path: string
  readonly fileBytes: number
}

/** Bytes of all segments in a directory of Kafka's. */
export const logBytes = (disk: Disk, directory: string): number =>
  segmentFiles(disk, directory).reduce((sum, { fileBytes }) => sum + fileBytes, 0)

const segmentFiles = (disk: Disk, directory: string): SegmentFile[] =>
  disk
    .list(directory)
    .flatMap(name => {
      const split = splitOffsetName(name)
      if (split?.rest !== '.log') return []
      const path = join(directory, name)
      return [{ start: split.offset, path, fileBytes: disk.sizeBytes(path) ?? 0 }]
    })
    .sort((a, b) => a.start - b.start)

/** A message set of an old format is no damage and has a name; null if it isn't one. */
const oldFormat = ({ disk, handles }: Shared, file: LogFile, position: number): string | null => {
  const head = Buffer.alloc(batch.HEADER_SIZE)
  disk.read(handles.fd(file), head, 0, head.length, position)
  const magic = batch.magic(head, 0)
  const size = batch.sizeInBytes(head, 0)
  return (magic === 0 || magic === 1) && size > MIN_MESSAGE_BYTES && size < MAX_MESSAGE_BYTES
    ? `${file.path} at byte ${position}: a message of format ${magic}, from before Kafka 0.11, which can't be imported`
    : null
}

/** Of the formats before record batches: offset, size, checksum, magic, attributes, lengths of key and value; and what no broker took. */
const MIN_MESSAGE_BYTES = 26
const MAX_MESSAGE_BYTES = 1 << 27
