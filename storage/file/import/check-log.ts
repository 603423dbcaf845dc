/**
 * Reads a log of Kafka's from its first byte to its last, checksums and order, before it is imported.
 */
import { join } from 'node:path'
import * as batch from '../../../protocol/records/batch.ts'
import type { Offset } from '../../engine.ts'
import { LogFile } from '../handles.ts'
import { SCAN_WINDOW_BYTES, scanBodies } from '../body-scan.ts'
import { describeDamage } from '../damage.ts'
import { splitOffsetName } from '../segment-names.ts'
import type { Shared } from '../shared.ts'

/** One segment of a log that was checked. */
export interface CheckedSegment {
  readonly start: Offset
  /** Of the `.log` that count: less than the file has where its tail is torn. */
  readonly sizeBytes: number
  /** −1: no batch has one. */
  readonly maxTimestamp: number
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

/**
 * Checks all segments in `directory`. Throws DamagedLog where something isn't sound; with `recover` what follows the last sound batch of the last
 * segment is left out instead, as after a crash. Lets other work run between portions. One call at a time.
 * @param shared its disk is only read
 * @param checkpointedStart the log start offset, if Kafka wrote one down
 */
export const checkLog = async (
  shared: Shared,
  directory: string,
  checkpointedStart: Offset | undefined,
  recover: boolean,
): Promise<CheckedLog> => {
  const files = segmentFiles(shared, directory)
  const segments: CheckedSegment[] = []
  const totals = new Totals()
  let end = files[0]?.start ?? 0
  let tornTail: string | null = null
  for (const [index, file] of files.entries()) {
    const following = files[index + 1]
    const checked = await checkSegment(shared, file, following?.start ?? Number.MAX_SAFE_INTEGER, totals)
    if (checked.tornTail !== null && (!recover || following !== undefined)) throw new DamagedLog(checked.tornTail)
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

const scanBuffer = Buffer.allocUnsafeSlow(SCAN_WINDOW_BYTES)

/** @param limit where the next segment begins */
const checkSegment = async (
  shared: Shared,
  { start, path, fileBytes }: SegmentFile,
  limit: Offset,
  totals: Totals,
): Promise<{ readonly segment: CheckedSegment; readonly end: Offset; readonly tornTail: string | null }> => {
  const file = new LogFile(path)
  let maxTimestamp = -1
  const scan = scanBodies(
    {
      read: (into, length, position) => shared.disk.read(shared.handles.fd(file), into, 0, length, position),
      ...{ buffer: scanBuffer, from: 0, due: start, sizeBytes: fileBytes, limit },
    },
    {
      batch(buffer, at) {
        maxTimestamp = Math.max(maxTimestamp, batch.maxTimestamp(buffer, at))
        totals.add(buffer, at)
      },
      damage(damage) {
        throw new DamagedLog(oldFormat(shared, file, damage.position) ?? describeDamage(path, damage))
      },
    },
  )
  let step = scan.next()
  for (; step.done !== true; step = scan.next()) await new Promise<void>(resolve => setImmediate(resolve))
  const { position, due, problem } = step.value
  const tornTail =
    problem === null
      ? null
      : (oldFormat(shared, file, position) ??
        `${path}: ${fileBytes - position} bytes from byte ${position} on: ${problem}`)
  shared.handles.close(file)
  return { segment: { start, sizeBytes: position, maxTimestamp }, end: due, tornTail }
}

interface SegmentFile {
  readonly start: Offset
  readonly path: string
  readonly fileBytes: number
}

const segmentFiles = ({ disk }: Shared, directory: string): SegmentFile[] =>
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
