/**
 * One call of `Engine.append` on its way through the journal: its logs may go in several groups, and are answered together.
 */
import type { Appended, Batch } from '../../engine.ts'
import type { Run } from '../append-runs.ts'
import type { DurableLog } from '../durability.ts'
import { isShortage } from '../storage-error.ts'
import { AppendedBytes } from './entries.ts'
import type { JournalEntry } from './journal.ts'
import type { Unsynced } from './journal-files.ts'

/** The outcomes of one call. */
export class AppendCall {
  /** Rejects if it isn't known how one of the appends ended. */
  readonly outcomes: Promise<readonly Appended[]>
  readonly #settled: Appended[]
  readonly #syncFailed: (error: unknown) => void
  #left: number
  #problem: { readonly error: unknown } | null = null
  #resolve: (outcomes: readonly Appended[]) => void = () => {}
  #reject: (error: unknown) => void = () => {}

  /** @param syncFailed called if it can't be made sure that something refused stays away. */
  constructor(requests: number, syncFailed: (error: unknown) => void) {
    this.#left = requests
    this.#settled = new Array<Appended>(requests)
    this.#syncFailed = syncFailed
    this.outcomes = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  settle(index: number, outcome: Appended): void {
    this.#settled[index] = outcome
    this.#countDown()
  }

  /** As `settle`, for a log from which something was taken back: the answer waits until no loss of power can bring that again. */
  refuse(index: number, log: DurableLog, outcome: Appended): void {
    log.takenBack().then(
      () => this.settle(index, outcome),
      (error: unknown) => {
        if (!isShortage(error)) this.#syncFailed(error)
        this.lose(error)
      },
    )
  }

  /** It isn't known how one of the appends ended. The others end first: who is answered may append to all of the logs again. */
  lose(error: unknown): void {
    this.#problem ??= { error }
    this.#countDown()
  }

  #countDown(): void {
    if (--this.#left > 0) return
    if (this.#problem === null) this.#resolve(this.#settled)
    else this.#reject(this.#problem.error)
  }
}

/** What one log appends. */
export class AppendEntry implements JournalEntry {
  readonly bytes: AppendedBytes
  readonly #call: AppendCall
  readonly #index: number
  readonly #log: DurableLog
  readonly #batches: readonly Batch[]
  readonly #runs: readonly Run[]

  /** @param written what `DurableLog.write` returned for the batches @param key of `encodeId` */
  constructor(
    call: AppendCall,
    index: number,
    log: DurableLog,
    batches: readonly Batch[],
    written: readonly Run[],
    key: Buffer,
  ) {
    this.#call = call
    this.#index = index
    this.#log = log
    this.#batches = batches
    this.#runs = written
    this.bytes = new AppendedBytes(key, written, batches)
  }

  cover(unsynced: Set<Unsynced>): void {
    unsynced.add(this.#log)
  }

  written(): void {
    this.#call.settle(this.#index, this.#log.account(this.#batches, this.#runs))
  }

  refused(error: unknown): void {
    const outcome = this.#log.takeBack(this.#runs, error)
    if (!outcome.ok && outcome.reason === 'full') this.#call.refuse(this.#index, this.#log, outcome)
    else this.#call.settle(this.#index, outcome)
  }

  lost(error: unknown): void {
    this.#log.abandon()
    this.#call.lose(error)
  }
}
