/**
 * Disks for tests: what they are asked passes a hook first, which may let less through or throw.
 */
import { type Disk, nodeDisk } from '../disk.ts'

export type Call = keyof Disk

/** Calls after which the disk isn't as it was. */
const CHANGING: ReadonlySet<Call> = new Set([
  'write',
  'writeLarge',
  'truncate',
  'setModifiedMs',
  'rename',
  'link',
  'unlink',
  'makeDirectory',
  'remove',
  'removeTree',
])

/**
 * The machine's disk behind a hook. The hook is told the call and its path (of the open file for calls with a descriptor); what it throws is the
 * call's failure. For a `write` it may return how many bytes to let through.
 * @param paths filled with the paths of the open descriptors.
 */
export const hookedDisk = (
  hook: (call: Call, path: string, changes: boolean) => number | undefined,
  paths = new Map<number, string>(),
): Disk => {
  const before = (call: Call, path: string, flags = ''): number | undefined =>
    hook(call, path, CHANGING.has(call) || flags.startsWith('w'))
  const pathOf = (fd: number): string => paths.get(fd) ?? ''
  const inner = nodeDisk
  return {
    open(path, flags) {
      before('open', path, flags)
      const fd = inner.open(path, flags)
      paths.set(fd, path)
      return fd
    },
    close(fd) {
      paths.delete(fd)
      inner.close(fd)
    },
    read(fd, into, at, length, position) {
      before('read', pathOf(fd))
      return inner.read(fd, into, at, length, position)
    },
    write(fd, buffers, position) {
      const allowed = before('write', pathOf(fd))
      const bytes = allowed === undefined ? buffers : [Buffer.concat(buffers).subarray(0, allowed)]
      return inner.write(fd, bytes, position)
    },
    async writeLarge(fd, buffers, position) {
      const allowed = before('writeLarge', pathOf(fd))
      const bytes = allowed === undefined ? buffers : [Buffer.concat(buffers).subarray(0, allowed)]
      return inner.writeLarge(fd, bytes, position)
    },
    truncate(fd, sizeBytes) {
      before('truncate', pathOf(fd))
      inner.truncate(fd, sizeBytes)
    },
    sizeBytes(path) {
      before('sizeBytes', path)
      return inner.sizeBytes(path)
    },
    modifiedMs(path) {
      before('modifiedMs', path)
      return inner.modifiedMs(path)
    },
    setModifiedMs(path, ms) {
      before('setModifiedMs', path)
      inner.setModifiedMs(path, ms)
    },
    readFile(path) {
      before('readFile', path)
      return inner.readFile(path)
    },
    rename(from, to) {
      before('rename', from)
      inner.rename(from, to)
    },
    link(existing, name) {
      before('link', name)
      inner.link(existing, name)
    },
    unlink(path) {
      before('unlink', path)
      inner.unlink(path)
    },
    list(path) {
      before('list', path)
      return inner.list(path)
    },
    isDirectory(path) {
      before('isDirectory', path)
      return inner.isDirectory(path)
    },
    makeDirectory(path) {
      before('makeDirectory', path)
      inner.makeDirectory(path)
    },
    async remove(path) {
      before('remove', path)
      await inner.remove(path)
    },
    async removeTree(path) {
      before('removeTree', path)
      await inner.removeTree(path)
    },
    async sync(path) {
      before('sync', path)
      await inner.sync(path)
    },
    async syncData(fd) {
      before('syncData', pathOf(fd))
      await inner.syncData(fd)
    },
    async syncDirectory(path) {
      before('syncDirectory', path)
      await inner.syncDirectory(path)
    },
    async space(path) {
      before('space', path)
      return inner.space(path)
    },
  }
}

/** What a disk throws once the process that uses it counts as dead. */
export class Killed extends Error {}

export interface MortalDisk {
  readonly disk: Disk
  /** From here on: dies in the `calls`-th changing call from now, of which a write leaves `writtenBytes`. */
  killIn(calls: number, writtenBytes: number): void
  /** Nothing changes any more, from now on; what the dead one has open is closed. */
  bury(): void
  /** Changing calls so far. */
  readonly changes: number
  readonly dead: boolean
}

/** A disk whose user can be killed at any changing call: what was done stays, as the page cache stays after SIGKILL. */
export const mortalDisk = (): MortalDisk => {
  let callsLeft = Number.POSITIVE_INFINITY
  let lastWriteBytes = 0
  let dead = false
  let changes = 0
  const open = new Map<number, string>()
  const disk = hookedDisk((call, _path, changing) => {
    if (dead) throw new Killed()
    if (!changing) return undefined
    changes++
    if (--callsLeft > 0) return undefined
    dead = true
    if (call !== 'write' && call !== 'writeLarge') throw new Killed()
    return lastWriteBytes
  }, open)
  return {
    disk: {
      ...disk,
      // A write that is cut short is the last thing that happened: its caller must not learn of it.
      write(fd, buffers, position) {
        const written = disk.write(fd, buffers, position)
        if (dead) throw new Killed()
        return written
      },
      async writeLarge(fd, buffers, position) {
        const written = await disk.writeLarge(fd, buffers, position)
        if (dead) throw new Killed()
        return written
      },
    },
    killIn(calls, writtenBytes) {
      callsLeft = calls
      lastWriteBytes = writtenBytes
    },
    bury() {
      dead = true
      for (const fd of open.keys()) nodeDisk.close(fd)
      open.clear()
    },
    get changes() {
      return changes
    },
    get dead() {
      return dead
    },
  }
}

/** An error as a system call gives it. */
export const systemError = (code: string): Error =>
  Object.assign(new Error(`${code}: made by a test`), { code, syscall: 'test' })
