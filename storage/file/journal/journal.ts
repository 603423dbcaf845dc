/**
 * The journal of a file engine: entries of all logs one behind the other, each group of them in one write and one sync. While a group is on its
 * way to the medium the next one gathers.
 */
import { type Disk, writeFullyLarge, writeFully } from '../disk.ts'
import { isShortage, isTransient } from '../storage-error.ts'
import type { EntryBytes } from './entries.ts'
import { GroupEncoder, groupSize } from './group.ts'
import { type JournalFile, JournalFiles, type JournalLimits, type Unsynced } from './journal-files.ts'

/** From so many bytes on a write goes through the thread pool. */
const LARGE_BYTES = 256 * 1024
/** Logs synced at once to make room; the thread pool has four threads, and one is the journal's. */
const CONCURRENT_FLUSHES = 3

/** One thing to be made durable. One of the three methods is called, once. */
export interface JournalEntry {
  readonly bytes: EntryBytes
  /** Adds what must be flushed before the entry may go. */
  cover(unsynced: Set<Unsynced>): void
  /** It survives a loss of power. */
  written(): void
  /** There is no space for it: nothing of it is or will be found. */
  refused(error: unknown): void
  /** It isn't known whether it will be found after the next start. */
  lost(error: unknown): void
}

/** What a journal needs. */
export interface JournalOptions extends JournalLimits {
  readonly disk: Disk
  readonly dataDir: string
  /** See `group.ts`. */
  readonly id: Buffer
  /** Files that are there, with nothing in them that counts. */
  readonly slots: readonly number[]
  /** Makes the recovery points of what was flushed last: until they do a start needs the journal to know how far logs were acknowledged. */
  readonly synced: () => Promise<void>
  /** Called once, when the medium refused what must not be refused. */
  readonly failed: (error: unknown) => void
}

/** An open journal. */
export class Journal {
  readonly #options: JournalOptions
  readonly #files: JournalFiles
  readonly #encoder = new GroupEncoder()
  #queue: JournalEntry[] = []
  #running: Promise<void> | null = null
  #freeing: Promise<void> | null = null
  /** Why the last try to free files ended without, if it was a shortage. */
  #shortage: unknown = null
  #sequence = 1
  #failure: { readonly error: unknown } | null = null

  constructor(options: JournalOptions) {
    this.#options = options
    this.#files = new JournalFiles(options.disk, options.dataDir, options, options.slots)
  }

  /** The medium refused what must not be refused: nothing more is written. What a later sync would say proves nothing. */
  get failure(): { readonly error: unknown } | null {
    return this.#failure
  }

  /** Makes the entries durable, in this order. Its methods say how each of them went. */
  add(entries: readonly JournalEntry[]): void {
    if (this.#failure !== null) {
      for (const entry of entries) entry.lost(this.#failure.error)
      return
    }
    for (const entry of entries) this.#queue.push(entry)
    this.#running ??= this.#run()
  }

  /** Ends all writing because something else failed that the entries rest on. */
  fail(error: unknown): void {
    if (this.#failure !== null) return
    this.#failure = { error }
    this.#options.failed(error)
    for (const entry of this.#queue.splice(0)) entry.lost(error)
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running
    await this.#freeing
  }

  /** Gives the files back. */
  close(): void {
    this.#files.close()
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#writeGroup(this.#takeGroup())
      if (this.#files.crowded) void this.#freeFiles()
    }
    this.#running = null
  }

  /** As many entries as fit into what is left of the file, at least one. */
  #takeGroup(): JournalEntry[] {
    const { roomBytes, fileBytes } = this.#files
    let count = 0
    let sizeBytes = 0
    let limit = roomBytes
    for (const { bytes } of this.#queue) {
      sizeBytes += bytes.headBytes + bytes.payloadBytes
      const groupBytes = groupSize(sizeBytes)
      if (count === 0 && groupBytes > limit) limit = fileBytes
      if (count > 0 && groupBytes > limit) break
      count++
    }
    return this.#queue.splice(0, count)
  }

  async #writeGroup(entries: readonly JournalEntry[]): Promise<void> {
    const { disk, dataDir } = this.#options
    let sizeBytes = 0
    for (const { bytes } of entries) sizeBytes += bytes.headBytes + bytes.payloadBytes
    const groupBytes = groupSize(sizeBytes)
    let file: JournalFile
    try {
      file = await this.#fileFor(groupBytes)
      // First, as here a shortage of descriptors is nothing but that.
      if (!file.named) await disk.syncDirectory(dataDir)
      file.named = true
      await this.#write(file, groupBytes, entries)
    } catch (error) {
      if (this.#failure === null && isTransient(error)) this.#each(entries, entry => entry.refused(error))
      else this.#lose(entries, error)
      return
    }
    try {
      await disk.syncData(file.fd)
      if (!file.named) await disk.syncDirectory(dataDir)
      // It may have failed elsewhere meanwhile; the bytes are safe all the same, and what is safe is said to be.
    } catch (error) {
      this.#lose(entries, error)
      return
    }
    file.position += groupBytes
    this.#sequence++
    this.#each(entries, entry => {
      entry.cover(file.unsynced)
      entry.written()
    })
  }

  /** Where a log can't take what it must, only a recovery can tell how things stand. */
  #each(entries: readonly JournalEntry[], act: (entry: JournalEntry) => void): void {
    let done = 0
    try {
      for (const entry of entries) {
        act(entry)
        done++
      }
    } catch (error) {
      this.#lose(entries.slice(done), error)
    }
  }

  #lose(entries: readonly JournalEntry[], error: unknown): void {
    this.fail(error)
    for (const entry of entries) entry.lost(error)
  }

  /** Waits for the segments' syncs where all files are full. */
  async #fileFor(groupBytes: number): Promise<JournalFile> {
    for (;;) {
      const file = this.#files.fileFor(groupBytes, this.#sequence)
      if (file !== null) return file
      await this.#freeFiles()
      if (this.#failure !== null) throw this.#failure.error
      if (this.#shortage !== null) throw this.#shortage
    }
  }

  async #write(file: JournalFile, groupBytes: number, entries: readonly JournalEntry[]): Promise<void> {
    const { disk, id } = this.#options
    const sequence = this.#sequence
    const name = { journal: id, sequence, liveFrom: this.#files.liveFrom(sequence) }
    const buffers = this.#encoder.encode(
      name,
      entries.map(entry => entry.bytes),
    )
    if (groupBytes < LARGE_BYTES) writeFully(disk, file.fd, buffers, file.position)
    else await writeFullyLarge(disk, file.fd, buffers, file.position)
  }

  /** Flushes what the full files stand for, and frees them. Never rejects. */
  #freeFiles(): Promise<void> {
    if (this.#freeing !== null) return this.#freeing
    const { synced } = this.#options
    const files = [...this.#files.closed]
    const unsynced = new Set(files.flatMap(file => [...file.unsynced])).values()
    const flushSome = async (): Promise<void> => {
      for (const each of unsynced) if (this.#failure === null) await each.flush()
    }
    const work = Promise.all(Array.from({ length: CONCURRENT_FLUSHES }, flushSome))
      .then(() => (this.#failure === null ? synced() : undefined))
      .then(
        () => {
          this.#shortage = null
          if (this.#failure === null) this.#files.free(files)
        },
        (error: unknown) => {
          if (isShortage(error)) this.#shortage = error
          else this.fail(error)
        },
      )
      .finally(() => {
        this.#freeing = null
      })
    this.#freeing = work
    return work
  }
}
