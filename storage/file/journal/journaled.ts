/**
 * durability=fsync: whatever is answered survives a loss of power, because the journal has it; where it belongs it is written at once and synced
 * later.
 *
 * Appends are written into the segments' pages before the journal is, and accounted when that is synced: so what can be refused for want of space
 * is refused before anything lasts, and readers never see what a loss of power could take back.
 */
import { KafkaError } from '../../../protocol/errors.ts'
import type { AppendOutcomes, Appended, AppendRequest, LogId, Offset } from '../../engine.ts'
import { type Durability, type DurableLog, makeSafe } from '../durability.ts'
import type { OffsetCheckpoint } from '../directory/offset-checkpoint.ts'
import { isShortage } from '../storage-error.ts'
import { AppendCall, AppendEntry } from './append-call.ts'
import { createdBytes, deletedBytes, encodeId, type EntryBytes, rewrittenBytes, trimmedBytes } from './entries.ts'
import type { Journal } from './journal.ts'
import type { Unsynced } from './journal-files.ts'

/** What logs lie in, as their entries wait for it. */
export interface JournaledTop {
  /** Names in the data directory. */
  readonly directory: Unsynced
  /** The checkpoint of starts. */
  readonly starts: Unsynced
  readonly recoveryPoints: OffsetCheckpoint
  /** Removes the journal; durable when it resolves. */
  remove(): Promise<void>
}

/** Durability by a journal. */
export class Journaled implements Durability {
  readonly #journal: Journal
  readonly #top: JournaledTop
  readonly #keys = new WeakMap<DurableLog, Buffer>()

  constructor(journal: Journal, top: JournaledTop) {
    this.#journal = journal
    this.#top = top
  }

  append(requests: readonly AppendRequest[], find: (id: LogId) => DurableLog | undefined): AppendOutcomes {
    const call = new AppendCall(requests.length, error => this.#journal.fail(error))
    const entries: AppendEntry[] = []
    try {
      for (let index = 0; index < requests.length; index++) {
        const { log: handle, batches, expectedEnd } = requests[index]!
        const log = find(handle.id)
        const written = log === undefined ? GONE : log.write(batches, expectedEnd)
        if (log === undefined || ('ok' in written && written.reason !== 'full')) call.settle(index, written as Refused)
        else if ('ok' in written) call.refuse(index, log, written)
        else {
          log.await(call.outcomes)
          entries.push(new AppendEntry(call, index, log, batches, written, this.#keyOf(log)))
        }
      }
    } catch (error) {
      // Nobody gets these outcomes, and what was written lies behind ends that mustn't move any more.
      call.outcomes.catch(() => {})
      for (const entry of entries) entry.lost(error)
      this.#journal.fail(error)
      throw error
    }
    if (entries.length > 0) this.#journal.add(entries)
    return call.outcomes
  }

  get failed(): boolean {
    return this.#journal.failure !== null
  }

  check(): void {
    if (this.#journal.failure !== null) throw writesEnded(this.#journal.failure.error)
  }

  async created(log: DurableLog, name: string): Promise<void> {
    await this.#write(createdBytes(log.id, name), [log, this.#top.directory])
  }

  async deleted(id: LogId): Promise<void> {
    // The name is gone for good before a log of the same id or name can come, so that a replay never takes the one for the other.
    try {
      await this.#top.directory.flush()
    } catch (error) {
      if (!isShortage(error)) this.#journal.fail(error)
      throw error
    }
    await this.#write(deletedBytes(id), [])
  }

  async trimmed(log: DurableLog, start: Offset): Promise<void> {
    await this.#write(trimmedBytes(log.id, start), [this.#top.starts])
  }

  async saved(log: DurableLog): Promise<void> {
    // A replay would make the directory anew, without them.
    if (log.unplaced) await log.flush()
  }

  async rewriting(log: DurableLog, from: Offset, to: Offset): Promise<void> {
    // From here on a replay leaves these segments alone, so they mustn't need it.
    await makeSafe(log, to, this.#top.recoveryPoints)
    await this.#write(rewrittenBytes(log.id, from, to), [])
  }

  flushed(): Promise<void> {
    // They are saved when the journal is freed: until then it has what lies above.
    return Promise.resolve()
  }

  syncFailed(error: unknown): void {
    this.#journal.fail(error)
  }

  idle(): Promise<void> {
    return this.#journal.idle()
  }

  async close(clean: boolean): Promise<void> {
    this.#journal.close()
    if (clean) await this.#top.remove()
  }

  #keyOf(log: DurableLog): Buffer {
    let key = this.#keys.get(log)
    if (key !== undefined) return key
    key = encodeId(log.id)
    this.#keys.set(log, key)
    return key
  }

  /** @param unsynced what must be flushed before the entry may go. */
  #write(bytes: EntryBytes, unsynced: readonly Unsynced[]): Promise<void> {
    this.check()
    return new Promise((resolve, reject) => {
      const cover = (all: Set<Unsynced>): void => {
        for (const each of unsynced) all.add(each)
      }
      const lost = (error: unknown): void => reject(writesEnded(error))
      this.#journal.add([{ bytes, cover, written: resolve, refused: reject, lost }])
    })
  }
}

type Refused = Extract<Appended, { ok: false }>

const GONE: Refused = { ok: false, reason: 'gone', end: 0 }

const writesEnded = (error: unknown): KafkaError =>
  new KafkaError('KAFKA_STORAGE_ERROR', `nothing is written any more since the disk failed: ${error}`)
