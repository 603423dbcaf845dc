/**
 * What the simulated disk does wrong, and when: all of it can be changed while it is used.
 */
import type { Random } from '../../../../protocol/testing/random.ts'
import type { Disk } from '../../disk.ts'

/** A call of `Disk`. */
export type Call = keyof Disk

/** What a call is, for its faults. */
export type CallKind = 'read' | 'write' | 'sync' | 'name' | 'look' | 'close'

/** Calls after which the disk isn't as it was, or not as sure as it was, and the others. */
const KINDS: Readonly<Record<Call, CallKind>> = {
  open: 'name',
  close: 'close',
  read: 'read',
  write: 'write',
  writeLarge: 'write',
  truncate: 'write',
  sizeBytes: 'look',
  modifiedMs: 'look',
  setModifiedMs: 'name',
  readFile: 'read',
  rename: 'name',
  link: 'name',
  unlink: 'name',
  list: 'look',
  isDirectory: 'look',
  makeDirectory: 'name',
  remove: 'name',
  removeTree: 'name',
  sync: 'sync',
  syncData: 'sync',
  syncDirectory: 'sync',
  space: 'look',
}

/** What a call is. */
export const kindOf = (call: Call): CallKind => KINDS[call]

/** What a disk throws once the process that uses it is dead. It isn't an error of the disk: nobody handles it. */
export class Killed extends Error {
  constructor() {
    super('this process is dead')
    this.name = 'Killed'
  }
}

/** What Node calls the system calls behind these, where the file engine looks at it. */
const SYSTEM_CALLS: Readonly<Partial<Record<Call, string>>> = {
  sync: 'fsync',
  syncDirectory: 'fsync',
  syncData: 'fdatasync',
}

/** An error as a system call gives it. The descriptor that a sync by path lacks is that of an `open`. */
export const failure = (code: string, call: Call, path: string): Error =>
  Object.assign(new Error(`${code}: ${call} '${path}'`), {
    code,
    syscall: code === 'EMFILE' || code === 'ENOENT' ? 'open' : (SYSTEM_CALLS[call] ?? call),
    path,
  })

/** Which faults are on. Without a change there are none. */
export class DiskFaults {
  /** Bytes of all files together; what would be more is ENOSPC. */
  capacityBytes = Number.POSITIVE_INFINITY
  /** Descriptors at once; more is EMFILE. */
  maxOpenFiles = Number.POSITIVE_INFINITY
  /** One write in so many takes less than it is given; 0: none does. */
  shortWritesOneIn = 0
  /** One asynchronous call in so many is overtaken by many others; 0: none is. */
  slowCallsOneIn = 0
  /** One call of the kind in so many fails with EIO; 0: none does. (On a local disk no `close` ever does.) */
  readonly eioOneIn: Record<CallKind, number> = { read: 0, write: 0, sync: 0, name: 0, look: 0, close: 0 }
  /** Calls that failed with EIO so far. */
  ioErrors = 0

  /** No new faults from now on. */
  clear(): void {
    this.capacityBytes = Number.POSITIVE_INFINITY
    this.maxOpenFiles = Number.POSITIVE_INFINITY
    this.shortWritesOneIn = 0
    this.slowCallsOneIn = 0
    for (const kind of Object.keys(this.eioOneIn) as CallKind[]) this.eioOneIn[kind] = 0
  }

  /** Whether this call is to fail with EIO. */
  strikes(kind: CallKind, random: Random): boolean {
    const times = this.eioOneIn[kind]
    if (times === 0 || !random.oneIn(times)) return false
    this.ioErrors++
    return true
  }
}
