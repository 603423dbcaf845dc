/**
 * The files of a journal: one is written, from its beginning on, until the next group has no room in it; then it waits until all that its entries
 * stand for is synced elsewhere, and is written again from its beginning. A file that was written before has its place on the medium, so
 * that a sync has nothing but bytes to write.
 */
import { join } from 'node:path'
import type { Disk } from '../disk.ts'

/** What an entry stands in for until `flush` has resolved. */
export interface Unsynced {
  /** Makes all that was written so far survive a loss of power. */
  flush(): Promise<void>
}

/** One file while it holds groups that count. */
export interface JournalFile {
  readonly slot: number
  readonly fd: number
  /** Of its first group. */
  readonly firstSequence: number
  /** Where the next group goes. */
  position: number
  /** Whether its name survives a loss of power. */
  named: boolean
  readonly unsynced: Set<Unsynced>
}

/** The path of a file of a journal. */
export const journalPath = (dataDir: string, slot: number): string => join(dataDir, `samsa.journal.${slot}`)

/** How large a journal may become. */
export interface JournalLimits {
  /** Of each file. A group that is larger has a file for itself. */
  readonly fileBytes: number
  /** Of all files together; at least two files. */
  readonly maxBytes: number
}

/** The files of a journal that is written. */
export class JournalFiles {
  readonly fileBytes: number
  readonly #disk: Disk
  readonly #dataDir: string
  readonly #maxFiles: number
  /** In the order in which they became free. */
  readonly #free: number[]
  #files: number
  #closed: JournalFile[] = []
  #current: JournalFile | null = null

  /** @param slots of the files that are there, with nothing in them that counts. */
  constructor(disk: Disk, dataDir: string, { fileBytes, maxBytes }: JournalLimits, slots: readonly number[]) {
    this.#disk = disk
    this.#dataDir = dataDir
    this.fileBytes = fileBytes
    this.#maxFiles = Math.max(2, Math.floor(maxBytes / fileBytes))
    this.#free = [...slots]
    this.#files = slots.length
  }

  /** Written, and not yet freed; the oldest first. The file that is being written isn't among them. */
  get closed(): readonly JournalFile[] {
    return this.#closed
  }

  /** Whether so many files are waiting that they should be freed, before none is left. */
  get crowded(): boolean {
    return this.#closed.length * 2 >= this.#maxFiles
  }

  /** The first sequence that counts, `next` if none does. */
  liveFrom(next: number): number {
    return (this.#closed[0] ?? this.#current)?.firstSequence ?? next
  }

  /** Bytes that fit into the file that is being written. */
  get roomBytes(): number {
    return this.#current === null ? 0 : this.fileBytes - this.#current.position
  }

  /** The file for a group of `sizeBytes`, or null if none is free. Throws the disk's error if it can't be opened; nothing has changed then. */
  fileFor(sizeBytes: number, sequence: number): JournalFile | null {
    const current = this.#current
    if (current !== null && (current.position === 0 || sizeBytes <= this.roomBytes)) return current
    const slot = this.#free[0] ?? (this.#files < this.#maxFiles ? this.#newSlot() : null)
    if (slot === null) {
      if (current !== null) this.#close(current)
      return null
    }
    const next = this.#open(slot, sequence)
    if (current !== null) this.#close(current)
    if (this.#free[0] === slot) this.#free.shift()
    else this.#files++
    this.#current = next
    return next
  }

  /** These may be written again. */
  free(files: readonly JournalFile[]): void {
    this.#closed = this.#closed.filter(file => !files.includes(file))
    for (const { slot } of files) this.#free.push(slot)
  }

  /** Ends all use. */
  close(): void {
    if (this.#current !== null) this.#disk.close(this.#current.fd)
    this.#current = null
  }

  #close(file: JournalFile): void {
    this.#disk.close(file.fd)
    this.#closed.push(file)
    this.#current = null
  }

  #newSlot(): number {
    const used = new Set([...this.#free, ...this.#closed.map(file => file.slot), this.#current?.slot])
    let slot = 0
    while (used.has(slot)) slot++
    return slot
  }

  #open(slot: number, firstSequence: number): JournalFile {
    const path = journalPath(this.#dataDir, slot)
    const fileOf = (fd: number, named: boolean): JournalFile => ({
      ...{ slot, fd, firstSequence, position: 0, named },
      unsynced: new Set(),
    })
    const sizeBytes = this.#disk.sizeBytes(path)
    if (sizeBytes === null) return fileOf(this.#disk.open(path, 'wx+'), false)
    const fd = this.#disk.open(path, 'r+')
    try {
      // One group made it larger than a file is to be.
      if (sizeBytes > this.fileBytes) this.#disk.truncate(fd, this.fileBytes)
      return fileOf(fd, true)
    } catch (error) {
      this.#disk.close(fd)
      throw error
    }
  }
}
