/**
 * What a journal holds of the segments, compared with what they hold themselves.
 */
import { join } from 'node:path'
import type { LogId, Offset } from '../../engine.ts'
import { nodeDisk } from '../disk.ts'
import type { FoundEntry } from '../journal/read-journal.ts'
import { segmentFile } from '../segment-names.ts'

interface Run {
  readonly position: number
  readonly end: number
}

/** The appends of a journal, by log and segment. */
export class JournalCheck {
  readonly #runs = new Map<LogId, Map<Offset, Run[]>>()

  constructor(entries: readonly FoundEntry[]) {
    for (const { entry } of entries) {
      if (entry.kind === 'deleted') this.#runs.delete(entry.id)
      if (entry.kind !== 'appended') continue
      const { id, segment, position, payload } = entry
      const segments = this.#runs.get(id) ?? new Map<Offset, Run[]>()
      this.#runs.set(id, segments)
      const run = { position, end: position + payload.sizeBytes }
      const runs = segments.get(segment)
      if (runs === undefined) segments.set(segment, [run])
      else runs.push(run)
    }
  }

  /** Whether it holds all of bytes `[position, end)` of the segment. */
  holds(id: LogId, segment: Offset, position: number, end: number): boolean {
    const runs = this.#runs.get(id)?.get(segment) ?? []
    let reached = position
    for (const run of [...runs].sort((a, b) => a.position - b.position))
      if (run.position <= reached && run.end > reached) reached = run.end
    return end > position && reached >= end
  }

  /** What the next start writes into segments, a line a log. */
  notes(dataDir: string, ids: ReadonlyMap<string, LogId>): string[] {
    const names = new Map(Array.from(ids, ([name, id]) => [id, name]))
    const lines: string[] = []
    for (const [id, segments] of this.#runs) {
      const name = names.get(id)
      let bytes = 0
      for (const [segment, runs] of segments) {
        const sizeBytes =
          name === undefined ? 0 : (nodeDisk.sizeBytes(join(dataDir, name, segmentFile(segment, 'log'))) ?? 0)
        for (const run of runs) bytes += Math.max(0, run.end - Math.max(run.position, sizeBytes))
      }
      if (bytes > 0)
        lines.push(
          `it has ${bytes} bytes of ${name ?? id} that aren't in its segments yet; the next start puts them there`,
        )
    }
    return lines
  }
}
