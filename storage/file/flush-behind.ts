/**
 * Bounds what a start after a crash has to read where appends don't wait for the medium: when so many bytes were appended to all logs together, the logs
 * that they went to are synced in the background, and their recovery points saved.
 */
import { atOnce } from './at-once.ts'

/** A log, as this sees it. */
export interface FlushedBehind {
  /** Makes all that was accounted survive a loss of power. What it rejects with the log itself acts on. */
  flush(): Promise<void>
}

/** What it works with. */
export interface FlushBehindOptions {
  /** Bytes appended to all logs together between two rounds. */
  readonly maxBytes: number
  readonly background: (what: string, work: Promise<void>) => void
  /** Makes the recovery points of flushed logs last. */
  readonly save: () => Promise<void>
}

/** Logs synced at once: the thread pool has four threads, which others use too. */
const CONCURRENT_FLUSHES = 2

/** The logs that were appended to since they were last flushed by this. */
export class FlushBehind {
  readonly #options: FlushBehindOptions
  #logs = new Set<FlushedBehind>()
  #bytes = 0
  #running = false

  constructor(options: FlushBehindOptions) {
    this.#options = options
  }

  /** So much was appended to the log, or found in it of which it isn't known whether the medium has it. */
  appended(log: FlushedBehind, sizeBytes: number): void {
    this.#logs.add(log)
    this.#bytes += sizeBytes
    if (this.#bytes < this.#options.maxBytes || this.#running) return
    this.#running = true
    this.#options.background('syncing what was appended', this.#rounds())
  }

  async #rounds(): Promise<void> {
    try {
      while (this.#bytes >= this.#options.maxBytes) await this.#round()
    } finally {
      this.#running = false
    }
  }

  async #round(): Promise<void> {
    const logs = this.#logs
    this.#logs = new Set()
    this.#bytes = 0
    try {
      await atOnce(logs, CONCURRENT_FLUSHES, log => log.flush())
    } catch (error) {
      // Tried again with what comes.
      for (const log of logs) this.#logs.add(log)
      throw error
    }
    await this.#options.save()
  }
}
