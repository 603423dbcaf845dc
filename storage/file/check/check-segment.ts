/**
 * Reads one segment of a log, every batch of it, and compares its indexes with it.
 */
import { existsSync, readFileSync } from 'node:fs'
import * as batch from '../../../protocol/records/batch.ts'
import type { Offset } from '../../engine.ts'
import { MAX_RELATIVE_OFFSET } from '../../rolling.ts'
import { SCAN_WINDOW_BYTES, scanBodies } from '../recovery/body-scan.ts'
import { type Damage, damageInWords, decodeDamage } from '../recovery/damage.ts'
import type { CheckOptions } from './check-log.ts'
import { type CheckedBatch, OffsetIndexCheck, TimeIndexCheck } from './index-check.ts'
import type { Findings } from './log-report.ts'
import { ReadOnlyFile } from './read-only-file.ts'

/** A segment, and what the log around it says of it. */
export interface CheckedSegment {
  /** Path of the `.log`, and its name. */
  readonly path: string
  readonly name: string
  readonly start: Offset
  /** Where the next one begins; null for the last. */
  readonly next: Offset | null
}

/** What a segment adds to the figures of its log. */
export interface SegmentFigures {
  readonly batches: number
  readonly records: number
  readonly sizeBytes: number
  readonly end: Offset
}

const buffer = Buffer.allocUnsafeSlow(SCAN_WINDOW_BYTES)

/** Checks; yields the bytes read since the last time. Throws the system's error if a file can't be read. */
export function* checkSegment(
  segment: CheckedSegment,
  options: CheckOptions,
  problems: Findings,
  notes: Findings,
): Generator<number, SegmentFigures, void> {
  const file = new ReadOnlyFile(segment.path)
  try {
    return yield* new SegmentCheck(file, segment, options, problems, notes).run()
  } finally {
    file.close()
  }
}

/** The default of `index.interval.bytes`: where no batch begins behind so much, a log's last segment may have no indexes. */
const NEEDLESS_BYTES = 4096

class SegmentCheck {
  readonly #file: ReadOnlyFile
  readonly #segment: CheckedSegment
  readonly #options: CheckOptions
  readonly #problems: Findings
  readonly #notes: Findings
  readonly #offsets: OffsetIndexCheck | null
  readonly #times: TimeIndexCheck | null
  /** Whether the indexes must be whole by now. */
  readonly #sealed: boolean
  #batches = 0
  #records = 0
  #lastPosition = 0

  constructor(file: ReadOnlyFile, segment: CheckedSegment, options: CheckOptions, problems: Findings, notes: Findings) {
    this.#file = file
    this.#segment = segment
    this.#options = options
    this.#problems = problems
    this.#notes = notes
    this.#sealed = options.clean || (segment.next !== null && segment.next <= options.recoveryPoint)
    const [index, timeindex] = [this.#beside('index'), this.#beside('timeindex')]
    this.#offsets = index === null ? null : new OffsetIndexCheck(index, segment.start)
    this.#times = timeindex === null ? null : new TimeIndexCheck(timeindex, segment.start)
  }

  *run(): Generator<number, SegmentFigures, void> {
    const { start, next } = this.#segment
    const { sizeBytes } = this.#file
    const limit = Math.min(next ?? Number.POSITIVE_INFINITY, start + MAX_RELATIVE_OFFSET + 1)
    const range = { read: this.#file.read, buffer, from: 0, due: start, sizeBytes, limit }
    const scan = scanBodies(range, {
      batch: (bytes, at, position) => this.#batch(bytes, at, position),
      damage: damage => this.#damage(damage),
    })
    let reached = 0
    for (let step = scan.next(); ; step = scan.next()) {
      if (step.done) {
        const { position, due, problem } = step.value
        const end = problem === null ? due : this.#tail(position, due, problem)
        this.#finish()
        return { batches: this.#batches, records: this.#records, sizeBytes, end }
      }
      yield step.value - reached
      reached = step.value
    }
  }

  #batch(bytes: Buffer, at: number, position: number): void {
    this.#batches++
    this.#lastPosition = position
    this.#records += Math.max(0, batch.recordCount(bytes, at))
    const seen: CheckedBatch = {
      position,
      baseOffset: batch.baseOffset(bytes, at),
      lastOffset: batch.lastOffset(bytes, at),
      maxTimestamp: batch.maxTimestamp(bytes, at),
    }
    this.#offsets?.batch(seen)
    this.#times?.batch(seen)
    const { inspector } = this.#options
    const tell = (what: string): void => this.#problems.add(`${this.#segment.name} at byte ${position}`, what)
    if (!inspector.wantsWhole(bytes, at)) inspector.batch(bytes, at, tell)
    else {
      const whole = Buffer.allocUnsafe(batch.sizeInBytes(bytes, at))
      this.#file.read(whole, whole.length, position)
      inspector.batch(whole, 0, tell)
    }
  }

  #damage(damage: Damage): void {
    const { position, end, to, problem } = damage
    this.#offsets?.skip(end)
    this.#times?.skip(to)
    const what = damageInWords({ ...damage, problem: this.#explain(position, problem) })
    if (this.#options.isJournaled(this.#segment.start, position, end))
      this.#notes.add(this.#segment.name, `${what}; the journal has them`)
    else this.#problems.add(this.#segment.name, what)
  }

  /** What follows the last sound batch. Returns where the segment's offsets end. */
  #tail(position: number, due: Offset, problem: string): Offset {
    const { start, next, name } = this.#segment
    const { clean, live, recoveryPoint, isJournaled } = this.#options
    const end = this.#file.sizeBytes
    const unfinished = next === null && due >= recoveryPoint && (!clean || live)
    const isOld = this.#explain(position, problem) !== problem
    if ((unfinished && !isOld) || isJournaled(start, position, end)) {
      const who = live
        ? 'a write that is under way'
        : 'a write that was under way, which the next start drops or finishes'
      this.#notes.add(name, `${end - position} bytes from byte ${position} (offset ${due}) on are of ${who}`)
      return due
    }
    const to = next ?? Math.max(recoveryPoint, due + 1)
    this.#damage({ position, end, from: due, to, problem })
    return next ?? Math.max(recoveryPoint, due)
  }

  #finish(): void {
    const { name, start } = this.#segment
    this.#offsets?.end()
    this.#times?.end(this.#sealed)
    this.#index('index', this.#offsets?.problem)
    this.#index('timeindex', this.#times?.problem)
    const remembered = this.#beside('damaged')
    if (remembered !== null && decodeDamage(remembered) === null)
      this.#problems.add(name.replace(/log$/, 'damaged'), 'it should say where the segment is damaged, and is itself')
    if (this.#batches === 0 && this.#file.sizeBytes === 0 && this.#segment.next !== null)
      this.#notes.add(name, `it is empty, from offset ${start} on`)
  }

  /** @param problem undefined if there is no such file. */
  #index(kind: 'index' | 'timeindex', problem: string | null | undefined): void {
    const neither = this.#offsets === null && this.#times === null
    if (problem === null || (neither && this.#lastPosition <= NEEDLESS_BYTES)) return
    const what = `${problem ?? 'it is missing'}. It is built anew when it is used`
    // With a larger interval the last segment may be longer and still have none.
    const mayBe = neither && this.#segment.next === null
    const findings = this.#sealed && !mayBe && !this.#options.live ? this.#problems : this.#notes
    findings.add(this.#segment.name.replace(/log$/, kind), what)
  }

  #beside(kind: 'index' | 'timeindex' | 'damaged'): Buffer | null {
    const path = this.#segment.path.replace(/log$/, kind)
    return existsSync(path) ? readFileSync(path) : null
  }

  /** What has no batch where one is due may be something that Kafka knows. */
  #explain(position: number, problem: string): string {
    const head = Buffer.alloc(batch.HEADER_SIZE)
    const got = this.#file.read(head, head.length, position)
    const magic = batch.magic(head, 0)
    if (problem !== 'no batch' || got < batch.MAGIC + 1 || (magic !== 0 && magic !== 1)) return problem
    const size = batch.sizeInBytes(head, 0)
    const isMessage = size > 14 && position + size <= this.#file.sizeBytes
    return isMessage ? `messages of the old format (magic ${magic}), which Samsa doesn't read` : problem
  }
}
