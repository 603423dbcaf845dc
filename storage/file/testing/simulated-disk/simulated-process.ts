/**
 * The calls of one process to the simulated disk, from its start to its death.
 */
import { type Disk, type OpenFlags, systemCode } from '../../disk.ts'
import { type Call, failure, Killed, kindOf } from './disk-faults.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import { SimulatedFile } from './simulated-file.ts'
import { SimulatedDirectory, split } from './simulated-names.ts'

/** Calls remembered for the trace. */
const TRACED_CALLS = 300
/** So many steps of others overtake a slow call. */
const SLOW_TURNS = 40

interface OpenFile {
  readonly file: SimulatedFile
  readonly path: string
}

interface Waiting {
  turnsLeft: number
  readonly resume: () => void
}

/** A process: its descriptors, and its calls that haven't ended. */
export class SimulatedProcess {
  readonly disk: Disk
  dead = false
  readonly #machine: SimulatedDisk
  readonly #open = new Map<number, OpenFile>()
  #lastFd = 2
  #syncing = 0
  #waiting: Waiting[] = []
  #callsLeft = Number.POSITIVE_INFINITY

  constructor(machine: SimulatedDisk) {
    this.#machine = machine
    this.disk = this.#makeDisk()
  }

  get openFiles(): number {
    return this.#open.size + this.#syncing
  }

  get openPaths(): readonly string[] {
    return [...this.#open.values()].map(({ path }) => path)
  }

  killIn(calls: number): void {
    this.#callsLeft = calls
  }

  end(): void {
    this.dead = true
    this.#open.clear()
    this.#waiting = []
  }

  turn(): boolean {
    if (this.#waiting.length === 0) return false
    const index = this.#machine.random.below(this.#waiting.length)
    const chosen = this.#waiting[index]!
    if (chosen.turnsLeft-- > 0) return true
    this.#waiting.splice(index, 1)
    chosen.resume()
    return true
  }

  /**
   * Passes a call and carries it out by `all`, unless it fails, or the process dies before, in or after it.
   * @param some what a write does that fails in its midst.
   */
  #call<T>(call: Call, path: string, detail: string, all: () => T, some: () => void = () => {}): T {
    if (this.dead) throw new Killed()
    const { faults, random, trace } = this.#machine
    trace.push(`${call} ${path}${detail}`)
    if (trace.length > 2 * TRACED_CALLS) trace.splice(0, TRACED_CALLS)
    const kind = kindOf(call)
    const changes = kind === 'write' || kind === 'sync' || kind === 'name'
    if (changes && --this.#callsLeft <= 0) throw this.#dieBy(random.pick([() => {}, some, all]))
    if (!faults.strikes(kind, random)) return all()
    some()
    throw this.#refuse('EIO', call, path)
  }

  #dieBy(lastDeed: () => void): Killed {
    this.dead = true
    this.#machine.trace.push('the process dies')
    try {
      lastDeed()
    } catch (error) {
      // Nobody learns that the last call of a process was refused.
      if (systemCode(error) === undefined) throw error
    }
    return new Killed()
  }

  #refuse(code: string, call: Call, path: string): Error {
    this.#machine.trace.push(`  ${code}`)
    return failure(code, call, path)
  }

  /** What an asynchronous call gives. One of a process that dies never ends. */
  async #living<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Killed) return new Promise(() => {})
      throw error
    }
  }

  /** Resolves when the machine lets the call go on. */
  #wait(): Promise<void> {
    const { faults, random } = this.#machine
    const slow = faults.slowCallsOneIn > 0 && random.oneIn(faults.slowCallsOneIn)
    return new Promise(resume => {
      this.#waiting.push({ turnsLeft: slow ? SLOW_TURNS : 0, resume })
    })
  }

  #directory(call: Call, path: string): SimulatedDirectory {
    const node = this.#machine.names.find(path)
    if (node === null) throw this.#refuse('ENOENT', call, path)
    if (!(node instanceof SimulatedDirectory)) throw this.#refuse('ENOTDIR', call, path)
    return node
  }

  #place(call: Call, path: string): { readonly directory: SimulatedDirectory; readonly name: string } {
    const place = this.#machine.names.place(path)
    if (place === null) throw this.#refuse('ENOENT', call, path)
    return place
  }

  #descriptor(fd: number): OpenFile {
    const open = this.#open.get(fd)
    if (this.dead) throw new Killed()
    if (open === undefined) throw new Error(`the descriptor ${fd} isn't open`)
    return open
  }

  #makeDisk(): Disk {
    const { names } = this.#machine
    return {
      open: (path, flags) => this.#call('open', path, ` ${flags}`, () => this.#openFile(path, flags)),
      close: fd => {
        const { path } = this.#descriptor(fd)
        this.#call('close', path, '', () => this.#open.delete(fd))
      },
      read: (fd, into, at, length, position) => {
        const { file, path } = this.#descriptor(fd)
        return this.#call('read', path, ` ${length} at ${position}`, () => file.read(into, at, length, position))
      },
      write: (fd, buffers, position) => this.#write('write', fd, buffers, position),
      writeLarge: (fd, buffers, position) =>
        this.#living(async () => {
          this.#descriptor(fd)
          await this.#wait()
          return this.#write('writeLarge', fd, buffers, position)
        }),
      truncate: (fd, sizeBytes) => this.#truncate(fd, sizeBytes),
      sizeBytes: path => this.#call('sizeBytes', path, '', () => this.#machine.file(path)?.sizeBytes ?? null),
      modifiedMs: path => this.#call('modifiedMs', path, '', () => this.#machine.file(path)?.modifiedMs ?? null),
      setModifiedMs: (path, ms) => this.#call('setModifiedMs', path, ` ${ms}`, () => this.#setModifiedMs(path, ms)),
      readFile: path => this.#call('readFile', path, '', () => this.#machine.file(path)?.content() ?? null),
      rename: (from, to) => this.#call('rename', from, ` to ${to}`, () => this.#rename(from, to)),
      link: (existing, name) => this.#call('link', existing, ` as ${name}`, () => this.#link(existing, name)),
      unlink: path => this.#call('unlink', path, '', () => this.#unlink(path)),
      list: path => this.#call('list', path, '', () => [...this.#directory('list', path).names.keys()]),
      isDirectory: path => this.#call('isDirectory', path, '', () => names.find(path) instanceof SimulatedDirectory),
      makeDirectory: path => this.#call('makeDirectory', path, '', () => this.#makeDirectory(path)),
      remove: path =>
        this.#living(async () => {
          await this.#wait()
          this.#call('remove', path, '', () => this.#unlink(path))
        }),
      removeTree: path => this.#living(() => this.#removeTree(path)),
      sync: path => this.#living(() => this.#sync(path)),
      syncData: fd =>
        this.#living(() => {
          const { file, path } = this.#descriptor(fd)
          return this.#syncFile('syncData', path, file)
        }),
      syncDirectory: path => this.#living(() => this.#syncDirectory(path)),
      space: path =>
        this.#living(async () => {
          await this.#wait()
          const { faults, usedBytes } = this.#machine
          const totalBytes = Math.min(faults.capacityBytes, Number.MAX_SAFE_INTEGER)
          return this.#call('space', path, '', () => ({ totalBytes, usableBytes: Math.max(0, totalBytes - usedBytes) }))
        }),
    }
  }

  #openFile(path: string, flags: OpenFlags): number {
    const { faults, names } = this.#machine
    if (this.openFiles >= faults.maxOpenFiles) throw this.#refuse('EMFILE', 'open', path)
    const { directory, name } = this.#place('open', path)
    const existing = directory.names.get(name)
    if (existing instanceof SimulatedDirectory) throw this.#refuse('EISDIR', 'open', path)
    if (existing === undefined && flags === 'r+') throw this.#refuse('ENOENT', 'open', path)
    if (existing !== undefined && flags === 'wx+') throw this.#refuse('EEXIST', 'open', path)
    const file = existing ?? new SimulatedFile()
    if (existing === undefined) {
      if (this.#freeBytes() <= 0) throw this.#refuse('ENOSPC', 'open', path)
      names.change({ directory, name, node: file })
    } else if (flags === 'w+' && file.sizeBytes > 0) file.truncate(0)
    this.#open.set(++this.#lastFd, { file, path })
    return this.#lastFd
  }

  #freeBytes(): number {
    const { faults } = this.#machine
    if (faults.capacityBytes === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY
    return faults.capacityBytes - this.#machine.usedBytes
  }

  #write(call: Call, fd: number, buffers: readonly Buffer[], position: number): number {
    const { file, path } = this.#descriptor(fd)
    const { faults, now, random } = this.#machine
    const bytes = buffers.length === 1 ? buffers[0]! : Buffer.concat(buffers)
    const put = (length: number): number => {
      file.write(bytes.subarray(0, length), position)
      file.modifiedMs = now()
      return length
    }
    const write = (): number => {
      const room = this.#roomFor(file, path, position, bytes.length)
      const short = faults.shortWritesOneIn > 0 && random.oneIn(faults.shortWritesOneIn)
      return put(short && room > 0 ? 1 + random.below(room) : room)
    }
    const writeSome = (): number => put(random.below(this.#roomFor(file, path, position, bytes.length) + 1))
    return this.#call(call, path, ` ${bytes.length} at ${position}`, write, writeSome)
  }

  /** Bytes of a write that the disk has room for. */
  #roomFor(file: SimulatedFile, path: string, position: number, length: number): number {
    const growth = Math.max(0, position + length - file.sizeBytes)
    const room = Math.max(0, length - Math.max(0, growth - Math.max(0, this.#freeBytes())))
    if (room === 0 && length > 0) throw this.#refuse('ENOSPC', 'write', path)
    return room
  }

  #truncate(fd: number, sizeBytes: number): void {
    const { file, path } = this.#descriptor(fd)
    this.#call('truncate', path, ` to ${sizeBytes}`, () => file.truncate(sizeBytes))
  }

  #rename(from: string, to: string): void {
    const source = this.#place('rename', from)
    const target = this.#place('rename', to)
    const node = source.directory.names.get(source.name)
    if (node === undefined) throw this.#refuse('ENOENT', 'rename', from)
    const replaced = target.directory.names.get(target.name)
    if (replaced === node) return
    if (replaced instanceof SimulatedDirectory && replaced.names.size > 0) throw this.#refuse('ENOTEMPTY', 'rename', to)
    this.#machine.names.change({ ...source, node: null }, { ...target, node })
  }

  #setModifiedMs(path: string, ms: number): void {
    const file = this.#machine.file(path)
    if (file === null) throw this.#refuse('ENOENT', 'setModifiedMs', path)
    file.modifiedMs = ms
  }

  #link(existing: string, name: string): void {
    const node = this.#machine.file(existing)
    if (node === null) throw this.#refuse('ENOENT', 'link', existing)
    const place = this.#place('link', name)
    if (place.directory.names.has(place.name)) throw this.#refuse('EEXIST', 'link', name)
    this.#machine.names.change({ ...place, node })
  }

  #unlink(path: string): void {
    const place = this.#machine.names.place(path)
    if (place?.directory.names.has(place.name)) this.#machine.names.change({ ...place, node: null })
  }

  #makeDirectory(path: string): void {
    const { names } = this.#machine
    let directory = names.root
    for (const name of split(path)) {
      const node = directory.names.get(name)
      if (node instanceof SimulatedFile) throw this.#refuse('EEXIST', 'makeDirectory', path)
      if (node === undefined && this.#freeBytes() <= 0) throw this.#refuse('ENOSPC', 'makeDirectory', path)
      const next = node ?? new SimulatedDirectory()
      if (node === undefined) names.change({ directory, name, node: next })
      directory = next
    }
  }

  async #removeTree(path: string): Promise<void> {
    await this.#wait()
    const place = this.#machine.names.place(path)
    const node = place?.directory.names.get(place.name)
    if (place === null || node === undefined) return
    if (node instanceof SimulatedDirectory)
      for (const name of [...node.names.keys()]) await this.#removeTree(`${path}/${name}`)
    this.#call('removeTree', path, '', () => this.#machine.names.change({ ...place, node: null }))
  }

  async #sync(path: string): Promise<void> {
    await this.#wait()
    const file = this.#call('sizeBytes', path, ' to be synced', () => this.#machine.file(path))
    if (file === null) throw this.#refuse('ENOENT', 'sync', path)
    await this.#opened('sync', path, () => this.#syncFile('sync', path, file))
  }

  async #syncFile(call: Call, path: string, file: SimulatedFile): Promise<void> {
    const { names, random } = this.#machine
    const mark = file.changed
    const nameMark = names.changed
    await this.#wait()
    const sync = (): void => {
      file.sync(mark)
      names.sync(null, nameMark)
    }
    // A process that is killed in a sync leaves the pages as dirty as they were: there the call does all or nothing.
    this.#call(call, path, '', sync, () => this.dead || file.failSync(mark, random))
  }

  async #syncDirectory(path: string): Promise<void> {
    const { names } = this.#machine
    await this.#wait()
    const directory = this.#call('isDirectory', path, ' to be synced', () => this.#directory('syncDirectory', path))
    const mark = names.changed
    await this.#opened('syncDirectory', path, async () => {
      await this.#wait()
      this.#call('syncDirectory', path, '', () => names.sync(directory, mark))
    })
  }

  /** Carries work out that has a descriptor of its own meanwhile. */
  async #opened(call: Call, path: string, work: () => Promise<void>): Promise<void> {
    if (this.openFiles >= this.#machine.faults.maxOpenFiles) throw this.#refuse('EMFILE', call, path)
    this.#syncing++
    try {
      await work()
    } finally {
      this.#syncing--
    }
  }
}
