/**
 * The top of a data directory: the lock, whose it is, Kafka's checkpoints and its mark of a clean stop.
 */
import { dirname, join } from 'node:path'
import { type Disk, replaceFile, systemCode } from '../disk.ts'
import { DirectoryLock } from './lock.ts'
import { OffsetCheckpoint } from './offset-checkpoint.ts'
import { TEMPORARY } from '../segment-names.ts'

const CLEAN = '.kafka_cleanshutdown'
/** Kafka compares the epoch with what its controller knows; there is none here. */
const CLEAN_CONTENT = '{"version":0,"brokerEpoch":-1}'

/** Creates the directory if it isn't there, and makes its name survive a loss of power: all that is in it rests on that. */
const makeLasting = async (disk: Disk, path: string): Promise<void> => {
  const parents = [dirname(path)]
  for (let at = dirname(path); !disk.isDirectory(at) && at !== dirname(at); at = dirname(at)) parents.push(dirname(at))
  disk.makeDirectory(path)
  for (const parent of parents) {
    try {
      await disk.syncDirectory(parent)
    } catch (error) {
      // Where we may not open it we didn't create anything in it either.
      if (systemCode(error) !== 'EACCES' && systemCode(error) !== 'EPERM') throw error
    }
  }
}

/** One data directory, held by this process from `open` to `close`. */
export class DataDirectory {
  readonly path: string
  /** Whether the last stop was a clean one. */
  readonly clean: boolean
  readonly recoveryPoints: OffsetCheckpoint
  readonly starts: OffsetCheckpoint
  readonly highWatermarks: OffsetCheckpoint
  readonly #disk: Disk
  readonly #lock: DirectoryLock

  private constructor(disk: Disk, path: string, lock: DirectoryLock, warn: (line: string) => void) {
    this.#disk = disk
    this.#lock = lock
    this.path = path
    this.clean = disk.readFile(join(path, CLEAN)) !== null
    this.recoveryPoints = new OffsetCheckpoint(disk, join(path, 'recovery-point-offset-checkpoint'), warn)
    this.starts = new OffsetCheckpoint(disk, join(path, 'log-start-offset-checkpoint'), warn)
    this.highWatermarks = new OffsetCheckpoint(disk, join(path, 'replication-offset-checkpoint'), warn)
  }

  /**
   * Creates the directory where there is none, and takes it. Throws an Error a person can act on where another process has it.
   * @param unique a name that no other process or engine has.
   */
  static async take(disk: Disk, path: string, unique: string, warn: (line: string) => void): Promise<DataDirectory> {
    await makeLasting(disk, path)
    const lock = new DirectoryLock(disk, path, unique)
    lock.take()
    try {
      // What a crash left of a file that was to be replaced.
      for (const name of disk.list(path)) if (name.endsWith(TEMPORARY)) disk.unlink(join(path, name))
      const isNew = disk.list(path).every(name => name.startsWith('.'))
      const directory = new DataDirectory(disk, path, lock, warn)
      // From then on a start knows that no file is missing: what lies above a recovery point can be judged.
      if (isNew) await directory.recoveryPoints.save()
      // Were it there after a loss of power, what is appended from now on would count as whole.
      if (directory.clean) disk.unlink(join(path, CLEAN))
      // Nor may a loss of power take back what was read here, and a crash had left in the page cache alone.
      await disk.syncDirectory(path)
      return directory
    } catch (error) {
      lock.release()
      throw error
    }
  }

  /** Forgets what is checkpointed of a log; resolves when that is durable. A later log of that name must not inherit it. */
  async forget(name: string): Promise<void> {
    const checkpoints = [this.recoveryPoints, this.starts, this.highWatermarks]
    for (const checkpoint of checkpoints) checkpoint.delete(name)
    const stale = checkpoints.filter(checkpoint => checkpoint.lasting(name) !== undefined)
    await Promise.all(stale.map(checkpoint => checkpoint.save()))
  }

  /** As `forget`, for all logs but these. */
  async forgetAllBut(names: ReadonlySet<string>): Promise<void> {
    const known = [this.recoveryPoints, this.starts, this.highWatermarks].flatMap(checkpoint => checkpoint.names())
    for (const name of new Set(known)) if (!names.has(name)) await this.forget(name)
  }

  /** Writes the checkpoints. */
  async save(): Promise<void> {
    for (const checkpoint of [this.recoveryPoints, this.starts, this.highWatermarks]) await checkpoint.save()
  }

  /** Marks a clean stop, which lets the next start skip recovery. */
  async markClean(): Promise<void> {
    await replaceFile(this.#disk, join(this.path, CLEAN), Buffer.from(CLEAN_CONTENT))
  }

  release(): void {
    this.#lock.release()
  }
}
