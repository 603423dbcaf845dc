/**
 * The names of the simulated disk: directories, and the changes of names that the medium doesn't have yet.
 */
import type { Random } from '../../../../protocol/testing/random.ts'
import { SimulatedFile, type WriteBack } from './simulated-file.ts'

/** What a name stands for. */
export type Node = SimulatedFile | SimulatedDirectory

/** So many changes wait for a sync; then the oldest are written back, as a system does after some seconds. */
const MAX_PENDING = 400

/** A directory: its names as calls see them, and as the medium has them. */
export class SimulatedDirectory {
  names = new Map<string, Node>()
  readonly durable = new Map<string, Node>()
}

/** A name, and what it stands for from now on; null: nothing. */
export interface NameChange {
  readonly directory: SimulatedDirectory
  readonly name: string
  readonly node: Node | null
}

/** A call's changes, which come to the medium together: both names of a rename. */
interface NameCall {
  readonly number: number
  readonly changes: readonly NameChange[]
}

/** All names of a disk. */
export class SimulatedNames {
  readonly root = new SimulatedDirectory()
  readonly #order: WriteBack
  #pending: NameCall[] = []
  #calls = 0

  constructor(order: WriteBack) {
    this.#order = order
  }

  /** A mark of all that was changed so far, for `sync`. */
  get changed(): number {
    return this.#calls
  }

  /** What the path stands for, or null. */
  find(path: string): Node | null {
    let node: Node = this.root
    for (const part of split(path)) {
      const next: Node | undefined = node instanceof SimulatedDirectory ? node.names.get(part) : undefined
      if (next === undefined) return null
      node = next
    }
    return node
  }

  /** The directory that a path's last name is in, and that name; null if there is no such directory, and for the root. */
  place(path: string): { readonly directory: SimulatedDirectory; readonly name: string } | null {
    const parts = split(path)
    const name = parts.pop()
    if (name === undefined) return null
    let directory = this.root
    for (const part of parts) {
      const node = directory.names.get(part)
      if (!(node instanceof SimulatedDirectory)) return null
      directory = node
    }
    return { directory, name }
  }

  /** Carries a call's changes out. */
  change(...changes: readonly NameChange[]): void {
    for (const { directory, name, node } of changes) put(directory.names, name, node)
    this.#pending.push({ number: this.#calls++, changes })
    if (this.#pending.length <= MAX_PENDING) return
    for (const old of this.#pending.splice(0, MAX_PENDING / 2)) settle(old)
  }

  /** The changes up to the mark come to the medium: those of the directory, or all where they keep their order. */
  sync(directory: SimulatedDirectory | null, mark: number): void {
    const inTime = this.#pending.filter(({ number }) => number < mark)
    const wanted = needed(inTime, ({ changes }) => changes.some(change => change.directory === directory))
    const settled = this.#order === 'ordered' ? new Set(inTime) : wanted
    for (const call of inTime) if (settled.has(call)) settle(call)
    this.#pending = this.#pending.filter(call => !settled.has(call))
  }

  /** The power is lost: which changes the medium has is up to chance, and those are the names from now on. */
  losePower(random: Random): void {
    for (const call of this.#survivors(random)) settle(call)
    this.#pending = []
    for (const directory of this.directories(durableNames)) directory.names = new Map(directory.durable)
  }

  /** The directory and all directories below it. */
  *directories(
    names: (directory: SimulatedDirectory) => ReadonlyMap<string, Node>,
    directory = this.root,
  ): Iterable<SimulatedDirectory> {
    yield directory
    for (const node of names(directory).values())
      if (node instanceof SimulatedDirectory) yield* this.directories(names, node)
  }

  /** All files that have a name, on the medium or in the cache. */
  files(): Set<SimulatedFile> {
    const files = new Set<SimulatedFile>()
    for (const names of [durableNames, cachedNames])
      for (const directory of this.directories(names))
        for (const node of names(directory).values()) if (node instanceof SimulatedFile) files.add(node)
    return files
  }

  #survivors(random: Random): readonly NameCall[] {
    const pending = this.#pending
    const fate = random.below(4)
    if (fate === 0) return []
    if (fate === 1) return pending
    if (this.#order === 'ordered') return pending.slice(0, random.below(pending.length + 1))
    const often = 2 + random.below(30)
    const lost = new Set<SimulatedDirectory>()
    return pending.filter(({ changes }) => {
      if (changes.some(({ directory }) => lost.has(directory)) || random.oneIn(often))
        for (const { directory } of changes) lost.add(directory)
      return !changes.some(({ directory }) => lost.has(directory))
    })
  }
}

/** The names of a path. Drives and both kinds of separators are what they are on the machine that runs the simulation. */
export const split = (path: string): string[] => path.split(/[\\/]/).filter(part => part !== '')

const cachedNames = (directory: SimulatedDirectory): ReadonlyMap<string, Node> => directory.names
const durableNames = (directory: SimulatedDirectory): ReadonlyMap<string, Node> => directory.durable

const put = (names: Map<string, Node>, name: string, node: Node | null): void => {
  if (node === null) names.delete(name)
  else names.set(name, node)
}

const settle = ({ changes }: NameCall): void => {
  for (const { directory, name, node } of changes) put(directory.durable, name, node)
}

/** The calls that are chosen, and those before them that changed the same names: one name's changes keep their order everywhere. */
const needed = (pending: readonly NameCall[], chosen: (call: NameCall) => boolean): Set<NameCall> => {
  const result = new Set<NameCall>()
  const names = new Map<SimulatedDirectory, Set<string>>()
  for (const call of [...pending].reverse()) {
    const touched = call.changes.some(({ directory, name }) => names.get(directory)?.has(name))
    if (!touched && !chosen(call)) continue
    result.add(call)
    for (const { directory, name } of call.changes) {
      const known = names.get(directory)
      if (known === undefined) names.set(directory, new Set([name]))
      else known.add(name)
    }
  }
  return result
}
