/**
 * Open files, at most so many: a broker may have more partitions than a process may have open files. A file is opened when it is used and
 * closed when others need its place.
 */
import { type Disk, type OpenFlags, systemCode } from './disk.ts'

/** A file that may be open. Made once for each file; `Handles` alone changes it. */
export class LogFile {
  path: string
  /** −1 while it is closed. */
  fd = -1
  /** Used since the hand of `Handles` last passed. */
  recent = false

  constructor(path: string) {
    this.path = path
  }
}

/** Gives descriptors of files out and takes the longest unused back (by the clock algorithm: a hit costs one assignment). */
export class Handles {
  readonly #disk: Disk
  readonly #max: number
  readonly #open: LogFile[] = []
  #hand = 0

  constructor(disk: Disk, max: number) {
    this.#disk = disk
    this.#max = max
  }

  /** Files open now. */
  get count(): number {
    return this.#open.length
  }

  /** The descriptor of an existing file, valid until the next call of any method here. */
  fd(file: LogFile): number {
    file.recent = true
    return file.fd >= 0 ? file.fd : this.#openFile(file, 'r+')
  }

  /** Creates (or, with `w+`, empties) the file. */
  create(file: LogFile, flags: 'w+' | 'wx+'): number {
    this.close(file)
    return this.#openFile(file, flags)
  }

  /** Before the file is renamed or removed, or when it won't be used for long. */
  close(file: LogFile): void {
    if (file.fd < 0) return
    const index = this.#open.indexOf(file)
    const last = this.#open.pop()!
    if (last !== file) this.#open[index] = last
    const { fd } = file
    file.fd = -1
    this.#disk.close(fd)
  }

  /**
   * From now on a file that wasn't used for `idleMs`, or up to twice that, is closed. Returns the cancel.
   * @param after calls `fire` once, so much later, and returns the cancel
   */
  closeWhenIdle(idleMs: number, after: (delayMs: number, fire: () => void) => () => void): () => void {
    const seen = new WeakSet<LogFile>()
    const look = (): void => {
      for (const file of [...this.#open]) {
        if (file.recent || !seen.has(file)) seen.add(file)
        else this.close(file)
        file.recent = false
      }
      cancel = after(idleMs, look)
    }
    let cancel = after(idleMs, look)
    return () => cancel()
  }

  closeAll(): void {
    for (const file of [...this.#open]) this.close(file)
  }

  #openFile(file: LogFile, flags: OpenFlags): number {
    if (this.#open.length >= this.#max) this.#closeIdle()
    for (;;) {
      try {
        file.fd = this.#disk.open(file.path, flags)
        break
      } catch (error) {
        // The process may be allowed fewer files than we are.
        const code = systemCode(error)
        if ((code !== 'EMFILE' && code !== 'ENFILE') || this.#open.length === 0) throw error
        this.#closeIdle()
      }
    }
    file.recent = true
    this.#open.push(file)
    return file.fd
  }

  #closeIdle(): void {
    for (;;) {
      if (this.#hand >= this.#open.length) this.#hand = 0
      const file = this.#open[this.#hand]!
      if (!file.recent) return this.close(file)
      file.recent = false
      this.#hand++
    }
  }
}
