/** Histories in files: JSON lines, written by many processes at once. */
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Call, Completion, Event, Happening } from './event.ts'

/** Microseconds of the machine's monotonic clock. */
function now(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

/**
 * Appends one process's lines to a history. A line is in the file when the call returns, so that what a process began is known
 * though it is killed the moment after; appends of several processes don't mix.
 */
export class HistoryWriter {
  readonly #by: string
  readonly #file: number
  #ops = 0

  /** @param path the history's file, made where it is missing
   *  @param by the process, by a name that no other writer of this history ever has */
  constructor(path: string, by: string) {
    this.#by = by
    this.#file = openSync(path, 'a')
  }

  /** Writes that calls begin, all at the same moment; returns the number of the first, the others follow. */
  invoke(calls: readonly Call[]): number {
    const first = this.#ops + 1
    this.#ops += calls.length
    const at = now()
    this.#append(calls.map((call, index) => ({ at, by: this.#by, is: 'invoke', op: first + index, ...call })))
    return first
  }

  /** Writes that a call has ended. */
  complete(op: number, is: Completion['is'], result: Pick<Completion, 'offset' | 'error'> = {}): void {
    this.#append([{ at: now(), by: this.#by, is, op, ...result }])
  }

  /** Writes what happened. */
  note(happening: Happening): void {
    this.#append([{ at: now(), by: this.#by, is: 'note', ...happening }])
  }

  close(): void {
    closeSync(this.#file)
  }

  // A process that is killed inside a write may leave half a line: the line feed in front keeps it apart from the next one.
  #append(events: readonly Event[]): void {
    writeSync(this.#file, events.map(event => `\n${JSON.stringify(event)}`).join(''))
  }
}

/** What a file holds. */
export interface StoredHistory {
  /** In the order of time; lines of one process and moment in the order in which they were written. */
  readonly events: readonly Event[]
  /** Lines that a killed process left unfinished. */
  readonly brokenLineCount: number
}

/** Reads a history; rejects with the file system's error where it can't be read. */
export async function readHistoryFile(path: string): Promise<StoredHistory> {
  const events: Event[] = []
  let brokenLineCount = 0
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (line === '') continue
    try {
      events.push(JSON.parse(line) as Event)
    } catch {
      brokenLineCount++
    }
  }
  events.sort((a, b) => a.at - b.at)
  return { events, brokenLineCount }
}
