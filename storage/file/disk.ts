/**
 * All that the file engine asks of the operating system, so that tests can put a disk in its place that is full, fails or dies half-way.
 */
import * as fs from 'node:fs'
import { dirname } from 'node:path'

/** `r+` reads and writes what exists; `w+` creates or empties; `wx+` creates and fails with EEXIST. */
export type OpenFlags = 'r+' | 'w+' | 'wx+'

/**
 * Files and directories. Calls are synchronous where the page cache answers, and promises where the medium itself may be waited for. They throw
 * (or reject with) an error that has Node's `code`, as `node:fs` does.
 */
export interface Disk {
  open(path: string, flags: OpenFlags): number
  close(fd: number): void
  /** Returns the bytes read: fewer than `length` at the end of the file only. */
  read(fd: number, into: Buffer, at: number, length: number, position: number): number
  /** Writes the buffers one behind the other from `position` on. Returns the bytes written, which may be fewer. */
  write(fd: number, buffers: readonly Buffer[], position: number): number
  /** The same as `write`, for so many bytes that copying them would hold the loop. The buffers stay as they are until it settles. */
  writeLarge(fd: number, buffers: readonly Buffer[], position: number): Promise<number>
  truncate(fd: number, sizeBytes: number): void
  /** Bytes of the file, or null if there is none. */
  sizeBytes(path: string): number | null
  /** Wall clock, ms: when the file was last written, or null if there is none. */
  modifiedMs(path: string): number | null
  /** Makes it a file that was last written at that time. */
  setModifiedMs(path: string, ms: number): void
  /** The whole (small) file, or null if there is none. */
  readFile(path: string): Buffer | null
  /** Replaces the target. */
  rename(from: string, to: string): void
  /** Makes a second name for a file; fails with EEXIST if the name is taken. */
  link(existing: string, name: string): void
  /** No error if it isn't there. */
  unlink(path: string): void
  /** Names in the directory, directories among them, in no order. */
  list(path: string): string[]
  isDirectory(path: string): boolean
  /** With its parents; no error if it is there. */
  makeDirectory(path: string): void
  /** The same as `unlink`, for large files. */
  remove(path: string): Promise<void>
  /** A directory and all in it; no error if it isn't there. */
  removeTree(path: string): Promise<void>
  /** Makes the file's bytes survive a loss of power. */
  sync(path: string): Promise<void>
  /** The same as `sync`, for an open file, which stays open until it settles. Where only bytes were overwritten it has nothing else to write. */
  syncData(fd: number): Promise<void>
  /** Makes the names in the directory survive a loss of power. */
  syncDirectory(path: string): Promise<void>
  space(path: string): Promise<{ readonly totalBytes: number; readonly usableBytes: number }>
}

/** Node's code of a failed system call (`ENOSPC`, `EIO`, ...), or undefined for any other error. */
export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error
    ? error.code
    : undefined

/** The result of `attempt`, or `otherwise` if it fails with ENOENT. */
const unlessMissing = <T, U>(attempt: () => T, otherwise: U): T | U => {
  try {
    return attempt()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return otherwise
    throw error
  }
}

/** A promise of what a call of `node:fs` gives to its callback. */
const settling = <T>(call: (done: (error: Error | null, result: T) => void) => void): Promise<T> =>
  new Promise((resolve, reject) => call((error, result) => (error === null ? resolve(result) : reject(error))))

/** The machine's own. */
export const nodeDisk: Disk = {
  open: (path, flags) => fs.openSync(path, flags, 0o644),
  close: fd => fs.closeSync(fd),
  read(fd, into, at, length, position) {
    let got = 0
    while (got < length) {
      const bytes = fs.readSync(fd, into, at + got, length - got, position + got)
      if (bytes === 0) break
      got += bytes
    }
    return got
  },
  write(fd, buffers, position) {
    const only = buffers.length === 1 ? buffers[0]! : null
    return only === null
      ? fs.writevSync(fd, buffers as Buffer[], position)
      : fs.writeSync(fd, only, 0, only.length, position)
  },
  writeLarge: (fd, buffers, position) =>
    settling(done => fs.writev(fd, buffers as Buffer[], position, (error, written) => done(error, written))),
  truncate: (fd, sizeBytes) => fs.ftruncateSync(fd, sizeBytes),
  sizeBytes: path => fs.statSync(path, { throwIfNoEntry: false })?.size ?? null,
  modifiedMs: path => fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null,
  setModifiedMs: (path, ms) => fs.utimesSync(path, ms / 1000, ms / 1000),
  readFile: path => unlessMissing(() => fs.readFileSync(path), null),
  rename: (from, to) => fs.renameSync(from, to),
  link: (existing, name) => fs.linkSync(existing, name),
  unlink: path => unlessMissing(() => fs.unlinkSync(path), undefined),
  list: path => fs.readdirSync(path),
  isDirectory: path => fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
  makeDirectory: path => void fs.mkdirSync(path, { recursive: true }),
  remove: path => fs.promises.rm(path, { force: true }),
  removeTree: path => fs.promises.rm(path, { recursive: true, force: true, maxRetries: 3 }),
  async sync(path) {
    // Opened here, not in the thread pool: three ways there and back took four times as long as a sync of little.
    const fd = fs.openSync(path, 'r+')
    try {
      await nodeDisk.syncData(fd)
    } finally {
      fs.closeSync(fd)
    }
  },
  syncData: fd => settling<void>(done => fs.fdatasync(fd, error => done(error, undefined))),
  async syncDirectory(path) {
    // Windows keeps directories in order by itself and doesn't let them be opened.
    if (process.platform === 'win32') return
    const fd = fs.openSync(path, 'r')
    try {
      await settling<void>(done => fs.fsync(fd, error => done(error, undefined)))
    } finally {
      fs.closeSync(fd)
    }
  },
  async space(path) {
    const { bsize, blocks, bavail } = await fs.promises.statfs(path)
    return { totalBytes: bsize * blocks, usableBytes: bsize * bavail }
  },
}

/** Writes all of the buffers, in several calls where the disk takes less at once. */
export const writeFully = (disk: Disk, fd: number, buffers: readonly Buffer[], position: number): void => {
  let left = buffers
  let at = position
  for (;;) {
    let wanted = 0
    for (const buffer of left) wanted += buffer.length
    if (wanted === 0) return
    const written = disk.write(fd, left, at)
    if (written === wanted) return
    at += written
    left = withoutFirst(left, written)
  }
}

/** As `writeFully`, by `writeLarge`. */
export const writeFullyLarge = async (
  disk: Disk,
  fd: number,
  buffers: readonly Buffer[],
  position: number,
): Promise<void> => {
  let wanted = 0
  for (const buffer of buffers) wanted += buffer.length
  const written = await disk.writeLarge(fd, buffers, position)
  if (written < wanted) await writeFullyLarge(disk, fd, withoutFirst(buffers, written), position + written)
}

const withoutFirst = (buffers: readonly Buffer[], bytes: number): Buffer[] => {
  const rest: Buffer[] = []
  let skip = bytes
  for (const buffer of buffers) {
    if (skip < buffer.length) rest.push(buffer.subarray(skip))
    skip = Math.max(0, skip - buffer.length)
  }
  return rest
}

const aside = (path: string): string => `${path}.tmp`

/** Writes a small file beside the one that it is to replace, and onto the medium. */
export const writeAside = async (disk: Disk, path: string, content: Buffer): Promise<void> => {
  const fd = disk.open(aside(path), 'w+')
  try {
    writeFully(disk, fd, [content], 0)
  } finally {
    disk.close(fd)
  }
  await disk.sync(aside(path))
}

/** Puts what `writeAside` has written in the place of the file. A crash leaves the one or the other. */
export const takePlace = (disk: Disk, path: string): void => disk.rename(aside(path), path)

/** Puts a small file in the place of another, so that a crash or a loss of power leaves the one or the other; durable when it resolves. */
export const replaceFile = async (disk: Disk, path: string, content: Buffer): Promise<void> => {
  await writeAside(disk, path, content)
  takePlace(disk, path)
  await disk.syncDirectory(dirname(path))
}
