/**
 * Brings a log up from its directory: from the files' sizes and the last index entries after a clean stop, by reading batches after a crash.
 */
import { join } from 'node:path'
import { KafkaError } from '../../protocol/errors.ts'
import * as batch from '../../protocol/records/batch.ts'
import type { Offset } from '../engine.ts'
import { clearLeftovers } from './leftovers.ts'
import { removePartsBeyond } from './parts.ts'
import { scanBatches } from './scan.ts'
import { FileSegment, type SegmentHome } from './segment.ts'
import { splitOffsetName } from './segment-names.ts'
import type { Shared } from './shared.ts'

/** A log as its directory says it is. */
export interface LoadedLog {
  /** At least one; the last is active. */
  readonly segments: FileSegment[]
  readonly start: Offset
  readonly end: Offset
}

/** How to bring a log up. */
export interface LoadOptions extends SegmentHome {
  /** Whether the log was closed by a clean stop. */
  readonly clean: boolean
  /** What lies below is known to be whole. */
  readonly recoveryPoint: Offset
  /** The log start offset as checkpointed. */
  readonly start: Offset
}

/** Throws the disk's error if it can't be read. */
export const loadLog = (shared: Shared, options: LoadOptions): LoadedLog => {
  clearLeftovers(shared, options.directory)
  const segments = findSegments(shared, options)
  const start = Math.max(options.start, segments[0]?.start ?? 0)
  let end = segments.length === 0 ? 0 : options.clean ? resume(shared, segments) : recover(shared, segments, options)
  if (segments.length === 0 || end < start) {
    // All that was trimmed was there, and what followed was lost: offsets go on from the start, as in Kafka.
    for (const segment of segments) removeSegment(shared, segment)
    segments.splice(0, segments.length, new FileSegment(shared, options, start, null))
    end = start
  }
  removePartsBeyond(shared.disk, options.directory, end)
  while (segments.length > 1 && segments[1]!.start <= start) removeSegment(shared, segments.shift()!)
  return { segments, start, end }
}

const findSegments = (shared: Shared, home: SegmentHome): FileSegment[] => {
  const { disk } = shared
  const { directory } = home
  const segments: FileSegment[] = []
  const indexes: { readonly offset: Offset; readonly path: string }[] = []
  for (const name of disk.list(directory)) {
    const split = splitOffsetName(name)
    if (split === null) continue
    const path = join(directory, name)
    if (split.rest === '.log') segments.push(new FileSegment(shared, home, split.offset, disk.sizeBytes(path) ?? 0))
    else if (split.rest === '.index' || split.rest === '.timeindex') indexes.push({ offset: split.offset, path })
  }
  const starts = new Set(segments.map(segment => segment.start))
  for (const { offset, path } of indexes) if (!starts.has(offset)) disk.unlink(path)
  return segments.sort((a, b) => a.start - b.start)
}

/** The end after a clean stop. A last segment that isn't sound after all is recovered. */
const resume = (shared: Shared, segments: FileSegment[]): Offset => {
  const active = segments[segments.length - 1]!
  try {
    return active.resume()
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    shared.warn(`${active.file.path} was closed cleanly and is damaged now: ${error.detail}`)
    return recoverSegment(shared, active).end
  }
}

/** The end after a crash. What follows the first damage goes, segments too: the log stays without holes. */
const recover = (shared: Shared, segments: FileSegment[], { recoveryPoint }: LoadOptions): Offset => {
  for (let index = 0; index < segments.length; index++) {
    const segment = segments[index]!
    const following = segments[index + 1]
    if (following !== undefined && following.start <= recoveryPoint) continue
    const { end, whole } = recoverSegment(shared, segment)
    if (following === undefined) return end
    if (whole) {
      segment.trySeal()
      continue
    }
    for (const lost of segments.splice(index + 1)) {
      shared.warn(`${lost.file.path}: ${lost.sizeBytes} bytes dropped, as they follow damage`)
      removeSegment(shared, lost)
    }
    return end
  }
  return 0
}

const recoverSegment = (shared: Shared, segment: FileSegment): { readonly end: Offset; readonly whole: boolean } => {
  const fileBytes = segment.sizeBytes
  let end = segment.start
  segment.reset()
  const { validBytes, problem } = scanBatches(shared, segment.file, fileBytes, segment.start, (bytes, at) => {
    end = batch.nextOffset(bytes, at)
    segment.account(end - 1, batch.maxTimestamp(bytes, at), batch.sizeInBytes(bytes, at))
  })
  if (problem === null) return { end, whole: true }
  segment.truncate()
  shared.warn(
    `${segment.file.path}: ${fileBytes - validBytes} bytes dropped from byte ${validBytes} (offset ${end}) on: ${problem}`,
  )
  return { end, whole: false }
}

/** For segments that no reader knows. */
const removeSegment = (shared: Shared, segment: FileSegment): void => {
  segment.closeFiles()
  for (const path of segment.paths) shared.disk.unlink(path)
}
