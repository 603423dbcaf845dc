/**
 * The directory's `.lock`: one process at a time. Node has no lock that the system takes back from a dead process, so the file names the process
 * that holds it, and one that is dead is taken over.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Disk, systemCode, writeFully } from '../disk.ts'

const FILE = '.lock'
const MAX_TRIES = 20
/** What `link` fails with where there are no links. */
const NO_LINKS = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'])

interface Holder {
  readonly pid: number
  /** Tells a process from a later one with the same number; '' where the system doesn't say. */
  readonly started: string
}

/** When a process was started, in the system's own measure, and its state; empty where the system doesn't say. */
const statusOf = (pid: number): { readonly started: string; readonly state: string } => {
  try {
    // The third field and the 22nd; the second is the command in brackets, which may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { started: fields[19] ?? '', state: fields[0] ?? '' }
  } catch (error) {
    if (systemCode(error) !== undefined) return { started: '', state: '' }
    throw error
  }
}

const isAlive = (holder: Holder): boolean => {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    // EPERM: it lives, and is another user's.
    if (systemCode(error) === 'ESRCH') return false
  }
  const { started, state } = statusOf(holder.pid)
  // A zombie has ended; its parent hasn't looked yet.
  if (state === 'Z') return false
  return started === '' || holder.started === '' || started === holder.started
}

const parse = (content: Buffer): Holder | null => {
  const match = /^(\d+) (\S*)\n$/.exec(content.toString('latin1'))
  return match === null ? null : { pid: Number(match[1]), started: match[2]! }
}

/** The number of the living process that has the directory; null if none does, as far as the lock tells (Kafka's doesn't). */
export const livingHolder = (disk: Disk, dataDir: string): number | null => {
  const content = disk.readFile(join(dataDir, FILE))
  const holder = content === null ? null : parse(content)
  return holder !== null && isAlive(holder) ? holder.pid : null
}

/** The lock of a data directory. */
export class DirectoryLock {
  readonly #disk: Disk
  readonly #path: string
  readonly #own: Buffer
  readonly #aside: string

  /** @param unique in names of temporary files: no other process or engine has it. */
  constructor(disk: Disk, dataDir: string, unique: string) {
    this.#disk = disk
    this.#path = join(dataDir, FILE)
    this.#own = Buffer.from(`${process.pid} ${statusOf(process.pid).started}\n`, 'latin1')
    this.#aside = `${this.#path}.${unique}`
  }

  /** Takes the lock, or throws an Error that names the process that holds it. */
  take(): void {
    try {
      this.#writeAside()
      let tries = 0
      while (!this.#link()) {
        if (++tries === MAX_TRIES) throw new Error(`${this.#path} can't be taken: others keep taking it`)
        this.#removeStale()
      }
    } finally {
      this.#disk.unlink(this.#aside)
    }
    this.#removeLeftovers()
  }

  release(): void {
    this.#disk.unlink(this.#path)
  }

  /** The lock appears with its content or not at all: a link to a file that is already written. */
  #writeAside(): void {
    const fd = this.#disk.open(this.#aside, 'w+')
    try {
      writeFully(this.#disk, fd, [this.#own], 0)
    } finally {
      this.#disk.close(fd)
    }
  }

  #link(): boolean {
    try {
      this.#disk.link(this.#aside, this.#path)
      return true
    } catch (error) {
      if (systemCode(error) === 'EEXIST') return false
      if (systemCode(error) === 'ENOENT') {
        // It was empty for a moment, and another process took it for a dead one's.
        this.#writeAside()
        return false
      }
      if (!NO_LINKS.has(systemCode(error) ?? '')) throw error
      return this.#createInPlace()
    }
  }

  /** For file systems without links; the file is empty for a moment. */
  #createInPlace(): boolean {
    let fd: number
    try {
      fd = this.#disk.open(this.#path, 'wx+')
    } catch (error) {
      if (systemCode(error) === 'EEXIST') return false
      throw error
    }
    try {
      writeFully(this.#disk, fd, [this.#own], 0)
      return true
    } finally {
      this.#disk.close(fd)
    }
  }

  /** Moves a lock that nobody holds out of the way; throws if somebody does. */
  #removeStale(): void {
    const content = this.#disk.readFile(this.#path)
    if (content === null) return
    const holder = parse(content)
    // An empty one is left by Kafka, whose lock isn't in the content.
    if (holder !== null && isAlive(holder)) {
      const who = holder.pid === process.pid ? 'this process' : `the process ${holder.pid}`
      throw new Error(`${this.#path} is held by ${who}: a data directory serves one broker at a time`)
    }
    const moved = `${this.#aside}.stale`
    try {
      this.#disk.rename(this.#path, moved)
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return
      throw error
    }
    // Between our look and our move another process may have taken the stale lock over: then that one's goes back.
    if (this.#disk.readFile(moved)?.equals(content)) this.#disk.unlink(moved)
    else this.#disk.rename(moved, this.#path)
  }

  /** What processes left that died while they took the lock. Whoever fails here doesn't have the lock. */
  #removeLeftovers(): void {
    try {
      const directory = dirname(this.#path)
      for (const name of this.#disk.list(directory)) {
        if (!name.startsWith(`${FILE}.`)) continue
        const content = this.#disk.readFile(join(directory, name))
        const holder = content === null ? null : parse(content)
        if (holder === null || !isAlive(holder)) this.#disk.unlink(join(directory, name))
      }
    } catch (error) {
      this.release()
      throw error
    }
  }
}
