/**
 * Reads one log's directory whole, without changing anything.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogId, Offset } from '../../engine.ts'
import { splitOffsetName } from '../segment-names.ts'
import { type CheckedSegment, checkSegment } from './check-segment.ts'
import { Findings, type LogReport } from './log-report.ts'

/** Looks at what the storage has no opinion of: records, and what folds keep beside a log. Made for each log. */
export interface Inspector {
  /** A file beside the segments that isn't the storage's own; `at` is the offset in its name, null if there is none. All come before the first batch. */
  part(name: string, at: Offset | null, content: Buffer, tell: Tell): void
  /** Whether it must see more than the header of this batch. */
  wantsWhole(buffer: Buffer, at: number): boolean
  /** A sound batch, in order: its header, or all of it where that was wanted. */
  batch(buffer: Buffer, at: number, tell: Tell): void
  /** All batches were shown. */
  end(problems: Findings): void
}

/** Takes a problem in words. */
export type Tell = (what: string) => void

/** What is known of the log from elsewhere. */
export interface CheckOptions {
  readonly inspector: Inspector
  /** Whether the last stop was a clean one. */
  readonly clean: boolean
  /** A broker writes it meanwhile. */
  readonly live: boolean
  /** What lies below was made safe from a loss of power. */
  readonly recoveryPoint: Offset
  /** As checkpointed. */
  readonly start: Offset
  /** Whether a journal holds bytes `[position, end)` of the segment. */
  isJournaled(segment: Offset, position: number, end: number): boolean
}

const OWN = /^\.(log|index|timeindex|txnindex|damaged|checkpoint)$|\.(cleaned|swap|deleted|tmp)$/

/** Checks; yields the bytes read since the last time. Throws the system's error if something can't be read. */
export function* checkLog(
  directory: string,
  name: string,
  id: LogId | null,
  options: CheckOptions,
): Generator<number, LogReport, void> {
  const problems = new Findings()
  const notes = new Findings()
  const files = readdirSync(directory)
  showParts(directory, files, options, problems)
  const figures = { batches: 0, records: 0, sizeBytes: 0 }
  const segments = segmentsIn(directory, files)
  let end = segments[0]?.start ?? options.start
  for (const segment of segments) {
    const read = yield* checkSegment(segment, options, problems, notes)
    figures.batches += read.batches
    figures.records += read.records
    figures.sizeBytes += read.sizeBytes
    end = read.end
  }
  options.inspector.end(problems)
  const { recoveryPoint } = options
  if (segments.length === 0 && recoveryPoint > options.start) problems.add(directory, 'its segments are missing')
  else if (end < recoveryPoint)
    problems.add(
      segments.at(-1)?.name ?? directory,
      `offsets ${end} to ${recoveryPoint - 1} were there and are missing`,
    )
  const first = segments[0]?.start ?? options.start
  if (options.start > end) problems.add(directory, `its start is offset ${options.start}, behind its end ${end}`)
  for (const file of files.filter(file => /\.(cleaned|swap|deleted|tmp)$/.test(file)))
    notes.add(file, 'it is left over from a crash; the next start removes or finishes it')
  const start = Math.min(Math.max(first, options.start), end)
  return { name, id, segments: segments.length, ...figures, start, end, problems, notes }
}

const segmentsIn = (directory: string, files: readonly string[]): CheckedSegment[] => {
  const starts = files
    .map(splitOffsetName)
    .flatMap(split => (split?.rest === '.log' ? [split.offset] : []))
    .sort((a, b) => a - b)
  return starts.map((start, index) => {
    const name = files.find(file => splitOffsetName(file)?.offset === start && file.endsWith('.log'))!
    return { path: join(directory, name), name, start, next: starts[index + 1] ?? null }
  })
}

const showParts = (directory: string, files: readonly string[], options: CheckOptions, problems: Findings): void => {
  for (const file of files) {
    const split = splitOffsetName(file)
    if (OWN.test(split?.rest ?? file) || file === 'partition.metadata' || file === 'samsa.log') continue
    const content = readFileSync(join(directory, file))
    options.inspector.part(split?.rest ?? file, split?.offset ?? null, content, what => problems.add(file, what))
  }
}
