/**
 * What a check found in one log.
 */
import type { LogId, Offset } from '../../engine.ts'

/** One thing that was found. */
export interface Finding {
  /** The file, or what in it. */
  readonly where: string
  /** In words. */
  readonly what: string
}

/** Findings of one kind in one log that are kept; more are counted. */
const MAX_FINDINGS = 50

/** Findings, as many as anybody reads. */
export class Findings {
  readonly all: Finding[] = []
  /** How many there were. */
  count = 0

  add(where: string, what: string): void {
    this.count++
    if (this.all.length < MAX_FINDINGS) this.all.push({ where, what })
  }
}

/** One log. */
export interface LogReport {
  /** Its directory. */
  readonly name: string
  /** Null if the directory doesn't say. */
  readonly id: LogId | null
  readonly segments: number
  readonly batches: number
  readonly records: number
  readonly sizeBytes: number
  /** Offsets [start, end). */
  readonly start: Offset
  readonly end: Offset
  /** What isn't as it was written. */
  readonly problems: Findings
  /** What is in order and may surprise: what a crash leaves and the next start mends. */
  readonly notes: Findings
}
