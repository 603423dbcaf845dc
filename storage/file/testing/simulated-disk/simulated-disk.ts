/**
 * A disk in memory that fails as disks fail: a page cache over a medium, processes that die in the midst of a call, power that goes, calls that
 * are refused, calls that take their time. All chance comes from one seed. docs/decisions/simulated-disk.md says what it models.
 */
import type { Random } from '../../../../protocol/testing/random.ts'
import type { Disk } from '../../disk.ts'
import { DiskFaults } from './disk-faults.ts'
import { SimulatedFile, type WriteBack } from './simulated-file.ts'
import { SimulatedDirectory, SimulatedNames } from './simulated-names.ts'
import { SimulatedProcess } from './simulated-process.ts'

/** How a process ends: killed, with the page cache as it is, or by a loss of power. */
export type Death = 'kill' | 'power'

/** The machine: one process at a time uses its disk. */
export class SimulatedDisk {
  readonly faults = new DiskFaults()
  readonly names: SimulatedNames
  readonly random: Random
  /** Wall clock, ms. */
  readonly now: () => number
  /** The last calls of the process, for people. */
  trace: string[] = []
  readonly #order: WriteBack
  #process: SimulatedProcess | null = null

  constructor(random: Random, now: () => number = () => 0, order: WriteBack = 'weak') {
    this.random = random
    this.now = now
    this.#order = order
    this.names = new SimulatedNames(order)
  }

  /** Starts a process, and gives it its disk. The one before must have ended. */
  start(): Disk {
    if (this.#process !== null && !this.#process.dead) throw new Error('a process uses the disk already')
    this.#process = new SimulatedProcess(this)
    this.trace = []
    return this.#process.disk
  }

  /** Whether the process has met its end. */
  get dead(): boolean {
    return this.#process?.dead ?? true
  }

  /** The process dies in the `calls`-th call from now that changes something, before it, after it or in its midst. */
  killIn(calls: number): void {
    this.#process?.killIn(calls)
  }

  /** Ends the process, if it lives, and does to the disk what its death does. */
  end(death: Death): void {
    this.#process?.end()
    if (death === 'kill') return
    this.names.losePower(this.random)
    for (const file of this.names.files()) file.losePower(this.random, this.#order)
  }

  /** Lets one asynchronous call, any one, go on by a step. False if none waits. */
  turn(): boolean {
    return this.#process?.turn() ?? false
  }

  /** Descriptors that the process has. */
  get openFiles(): number {
    return this.#process?.openFiles ?? 0
  }

  /** What they were opened as; those of syncs aren't among them. */
  get openPaths(): readonly string[] {
    return this.#process?.openPaths ?? []
  }

  /** Bytes of all files that have names. */
  get usedBytes(): number {
    let used = 0
    for (const file of this.names.files()) used += file.sizeBytes
    return used
  }

  /** The file at the path, or null. */
  file(path: string): SimulatedFile | null {
    const node = this.names.find(path)
    return node instanceof SimulatedFile ? node : null
  }

  /** Paths of all files and directories below the directory, relative to it, sorted. */
  list(path: string): string[] {
    const found: string[] = []
    const walk = (directory: SimulatedDirectory, prefix: string): void => {
      for (const [name, node] of directory.names) {
        found.push(prefix + name)
        if (node instanceof SimulatedDirectory) walk(node, `${prefix}${name}/`)
      }
    }
    const node = this.names.find(path)
    if (node instanceof SimulatedDirectory) walk(node, '')
    return found.sort()
  }

  /** Puts another content into a file that is there, on the medium too and past all faults. */
  overwrite(path: string, content: Buffer): void {
    const file = this.file(path)
    file?.truncate(0)
    file?.write(content, 0)
    file?.sync(file.changed)
  }
}
