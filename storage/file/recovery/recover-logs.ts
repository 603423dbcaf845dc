/**
 * The recovery of all logs at a start after a crash: one after the other, in portions between which others have a turn.
 */
import { KafkaError } from '../../../protocol/errors.ts'
import type { FileLog } from '../log.ts'
import { guarded, guardedAsync } from '../storage-error.ts'

/** Bytes read between two turns of others: a few milliseconds. */
const PORTION_BYTES = 16 * 1024 * 1024

/** After so long people are told how far it is, and again each time it has passed, ms. */
const TOLD_EVERY_MS = 3000

/** What recovery tells, and by which clock. */
export interface RecoveryOptions {
  readonly warn: (line: string) => void
  /** ms. */
  readonly monotonic: () => number
}

/** Recovers; resolves when what was found is remembered durably. A log that can't be read is told of, and fails whoever uses it. */
export const recoverLogs = async (logs: readonly FileLog[], options: RecoveryOptions): Promise<void> => {
  const recovery = new Recovery(logs.length, options)
  for (const log of logs) await recovery.recover(log)
}

class Recovery {
  readonly #options: RecoveryOptions
  readonly #count: number
  #done = 0
  #bytes = 0
  #bytesSinceTurn = 0
  #toldMs: number

  constructor(count: number, options: RecoveryOptions) {
    this.#options = options
    this.#count = count
    this.#toldMs = options.monotonic()
  }

  async recover(log: FileLog): Promise<void> {
    try {
      const loading = log.loading()
      for (let next = guarded(() => loading.next()); !next.done; next = guarded(() => loading.next())) {
        this.#bytes += next.value
        this.#bytesSinceTurn += next.value
        if (this.#bytesSinceTurn >= PORTION_BYTES) await this.#breathe(log)
      }
      await guardedAsync(() => log.saveDamage())
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      this.#options.warn(`${log.directory} can't be recovered: ${error}`)
    }
    this.#done++
    await this.#breathe(log)
  }

  async #breathe(log: FileLog): Promise<void> {
    this.#bytesSinceTurn = 0
    if (this.#options.monotonic() - this.#toldMs >= TOLD_EVERY_MS) {
      this.#toldMs = this.#options.monotonic()
      const megabytes = Math.round(this.#bytes / 1e6)
      this.#options.warn(
        `recovering after an unclean stop: ${megabytes} MB read, ${this.#done} of ${this.#count} logs done, at ${log.directory}`,
      )
    }
    await new Promise<void>(resolve => setImmediate(resolve))
  }
}
