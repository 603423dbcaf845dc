import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** A file that is read and nothing else: also where nothing may be written. */
export class ReadOnlyFile {
  /** As it was when it was opened. */
  readonly sizeBytes: number
  readonly #fd: number

  /** Throws the system's error. */
  constructor(path: string) {
    this.#fd = openSync(path, 'r')
    this.sizeBytes = fstatSync(this.#fd).size
  }

  /** Reads up to `length` bytes from `position` on to the start of `into`; fewer at the end of the file only. */
  readonly read = (into: Buffer, length: number, position: number): number => {
    let got = 0
    while (got < length) {
      const bytes = readSync(this.#fd, into, got, length - got, position + got)
      if (bytes === 0) break
      got += bytes
    }
    return got
  }

  close(): void {
    closeSync(this.#fd)
  }
}
