/**
 * Kafka's files of one offset a log at the top of the data directory (`recovery-point-offset-checkpoint`, `log-start-offset-checkpoint`,
 * `replication-offset-checkpoint`): a version, a count, and lines of topic, partition and offset.
 */
import type { Offset } from '../../engine.ts'
import { type Disk, replaceFile } from '../disk.ts'

const VERSION = '0'

/** One such file. Changes are in memory until `save`. */
export class OffsetCheckpoint {
  readonly #disk: Disk
  readonly #path: string
  readonly #warn: (line: string) => void
  readonly #offsets = new Map<string, Offset>()
  /** As the file has them. */
  #lasting: ReadonlyMap<string, Offset>
  /** Whether the file was there and could be understood. */
  readonly readable: boolean
  #saving: Promise<void> | null = null
  #next: Promise<void> | null = null

  /** The file as it is; one that can't be understood counts as empty, and is warned of. */
  constructor(disk: Disk, path: string, warn: (line: string) => void) {
    this.#disk = disk
    this.#path = path
    this.#warn = warn
    this.readable = this.#read()
    this.#lasting = new Map(this.#offsets)
  }

  /** @param name `<topic>-<partition>`. */
  get(name: string): Offset | undefined {
    return this.#offsets.get(name)
  }

  /** What a loss of power can't take. */
  lasting(name: string): Offset | undefined {
    return this.#lasting.get(name)
  }

  set(name: string, offset: Offset): void {
    this.#offsets.set(name, offset)
  }

  delete(name: string): boolean {
    return this.#offsets.delete(name)
  }

  names(): string[] {
    return [...this.#offsets.keys()]
  }

  /**
   * Resolves when all that was set before the call survives a loss of power. Calls while a file is being written share the next one.
   */
  save(): Promise<void> {
    if (this.#saving === null) {
      this.#saving = this.#write().finally(() => {
        this.#saving = null
      })
      return this.#saving
    }
    this.#next ??= this.#saving
      .catch(() => {
        // Told to those who waited for it; the next write says for itself how it went.
      })
      .then(() => {
        this.#next = null
        return this.save()
      })
    return this.#next
  }

  /** Resolves when no write is under way or due; fails as that fails. */
  async settled(): Promise<void> {
    await (this.#next ?? this.#saving)
  }

  async #write(): Promise<void> {
    const lines = [VERSION, String(this.#offsets.size)]
    for (const [name, offset] of this.#offsets) {
      const dash = name.lastIndexOf('-')
      lines.push(`${name.slice(0, dash)} ${name.slice(dash + 1)} ${offset}`)
    }
    lines.push('')
    const written = new Map(this.#offsets)
    await replaceFile(this.#disk, this.#path, Buffer.from(lines.join('\n')))
    this.#lasting = written
  }

  #read(): boolean {
    const text = this.#disk.readFile(this.#path)?.toString('utf8') ?? ''
    if (text === '') return false
    const [version, count, ...lines] = text.trimEnd().split('\n')
    const entries = lines.map(line => /^(\S+) (\d+) (\d+)$/.exec(line))
    if (version !== VERSION || Number(count) !== lines.length || entries.includes(null)) {
      this.#warn(`${this.#path} can't be read and is taken as empty`)
      return false
    }
    for (const entry of entries) this.#offsets.set(`${entry![1]}-${entry![2]}`, Number(entry![3]))
    return true
  }
}
