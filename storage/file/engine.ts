/**
 * The file engine: Kafka's layout on disk, one process, appends into the page cache by synchronous writes, so that what is acknowledged survives
 * the death of the process; with durability=fsync a journal beside, so that it survives a loss of power.
 *
 *     <dataDir>/.lock                               directory/lock.ts
 *     <dataDir>/meta.properties                     directory/meta-properties.ts
 *     <dataDir>/.kafka_cleanshutdown                directory/data-directory.ts: there after a clean stop, gone while we run
 *     <dataDir>/*-offset-checkpoint                 directory/offset-checkpoint.ts
 *     <dataDir>/samsa.journal, samsa.journal.<n>    journal/: with durability=fsync, gone after a clean stop
 *     <dataDir>/<topic>-<n>/                        directory/log-directories.ts: which log it is, by partition.metadata or samsa.log
 *         <base offset>.log, .index, .timeindex     segment.ts, index/; .cleaned, .swap, .deleted: rewrite.ts, recovery/leftovers.ts
 *         <offset>.snapshot, leader-epoch-...       parts.ts: what the broker saves beside a log
 *
 * An append goes engine.ts → durability.ts or journal/journaled.ts → log-tail.ts → append-runs.ts → segment.ts; a start
 * directory/data-directory.ts → recovery/open-logs.ts → recovery/load.ts.
 */
import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { checkBatches } from '../check-batches.ts'
import type {
  AppendOutcomes,
  AppendRequest,
  Engine,
  Leases,
  Log,
  LogId,
  LogOptions,
  Offset,
  Opened,
} from '../engine.ts'
import { createLocalLeases } from '../local-leases.ts'
import { LogHandle } from '../log-handle.ts'
import { atOnce } from './at-once.ts'
import { BufferPool } from './buffer-pool.ts'
import { DataDirectory } from './directory/data-directory.ts'
import { type Disk, nodeDisk } from './disk.ts'
import { Handles } from './handles.ts'
import { IndexBlocks } from './index/index-file.ts'
import type { JournalLimits } from './journal/journal-files.ts'
import { FileLog, type OpenedLog } from './log.ts'
import {
  createDirectory,
  identityPath,
  moveStray,
  placeDirectory,
  retireDirectory,
} from './directory/log-directories.ts'
import type { LogBase, LogTail } from './log-tail.ts'
import { claimDirectory } from './directory/meta-properties.ts'
import { openError } from './directory/open-error.ts'
import { type OpenLogsOptions, openLogs } from './recovery/open-logs.ts'
import type { Shared } from './shared.ts'
import { guarded, guardedAsync } from './storage-error.ts'

/** Where and how a file engine keeps its logs. All but the directory has a default. */
export interface FileEngineOptions {
  /** Created if it isn't there. One process at a time has it. */
  readonly dataDir: string
  /** Wall clock, ms; for the age of segments. Default: the machine's. */
  readonly now?: () => number
  /** Monotonic clock, ms; for leases. Default: the machine's. */
  readonly monotonic?: () => number
  /** 22 characters of base64url, never the same twice; for Kafka's directory id and for names of what comes and goes. Default: random. */
  readonly uuid?: () => string
  /** Is told what recovery dropped and what the medium refused, a line each. Default: nobody is. */
  readonly warn?: (line: string) => void
  /** Files open at once. Default: 512. */
  readonly maxOpenFiles?: number
  /** Without `fsync`: bytes that may be appended, to all logs together, before logs are synced in the background. Default: 256 MiB. */
  readonly maxUnsyncedBytes?: number
  /** Bytes of read buffers kept for the next reads. Default: 16 MiB. */
  readonly maxIdleBufferBytes?: number
  /** When what was asked for counts as done: once the operating system has it (the default), or once the medium has it. */
  readonly durability?: 'os' | 'fsync'
  /** Sizes of the journal, which only `fsync` has. Default: files of 64 MiB, 256 MiB in all, allocated when they are needed. */
  readonly journal?: Partial<JournalLimits>
  /** Calls `fire` once, `delayMs` later, unless it is cancelled; for `flush.ms` and idle files. Default: the machine's timers, which don't keep the process alive. */
  readonly after?: (delayMs: number, fire: () => void) => () => void
  /** Default: the machine's. */
  readonly disk?: Disk
}

/** A log that was made in a directory of its own, to be taken in. */
export interface StagedLog {
  readonly id: LogId
  readonly options: LogOptions
  /** As `stageDirectory` made it; all that is in it is on the medium. */
  readonly directory: string
  readonly start: Offset
  readonly end: Offset
}

/** A file engine, and what only it can. */
export interface FileEngine extends Engine {
  /** Takes staged logs in. Durable when it resolves, and nothing of them is there before. Fails if an id or a name is taken. */
  adoptLogs(logs: readonly StagedLog[]): Promise<void>
}

/** Blocks of 4 KB of index files kept in memory. */
const MAX_INDEX_BLOCKS = 1024
/** A file is closed when it wasn't used for so long, ms, or up to twice that. */
const IDLE_FILE_MS = 60_000
/** What a start after a crash has to read is not much more than this. */
const MAX_UNSYNCED_BYTES = 256 * 1024 * 1024
/** Logs made whole at once at a clean stop. */
const CONCURRENT_SETTLES = 16

/** What an engine has while it is open. */
interface Opening {
  readonly directory: DataDirectory
  readonly base: LogBase
}

class DirectoryEngine implements FileEngine {
  readonly name = 'file'
  readonly shared = false
  readonly leases: Leases
  readonly #dataDir: string
  readonly #uuid: () => string
  readonly #opening: Omit<OpenLogsOptions, 'shared' | 'directory'>
  readonly #shared: Shared
  readonly #logs = new Map<LogId, FileLog>()
  readonly #background = new Set<Promise<void>>()
  readonly #find = (id: LogId): FileLog | undefined => this.#logs.get(id)
  readonly #tailOf = (id: LogId): LogTail | undefined => this.#logs.get(id)?.tail
  /** Deletions under way: what may have their name or id waits. */
  readonly #deletions = new Set<Promise<void>>()
  /** Logs that are gone, of which it isn't known that they stay so; and where their directories are now. */
  readonly #undeleted = new Map<LogId, { readonly name: string; readonly retired: string }>()
  #open: Opening | null = null
  #keepIdleFiles: () => void = () => {}

  constructor(options: FileEngineOptions) {
    const { disk = nodeDisk, warn = () => {} } = options
    this.#dataDir = resolve(options.dataDir)
    this.#uuid = options.uuid ?? (() => randomBytes(16).toString('base64url'))
    const { monotonic = () => performance.now(), after = timeout, maxUnsyncedBytes = MAX_UNSYNCED_BYTES } = options
    const { fileBytes = 64 * 1024 * 1024, maxBytes = 256 * 1024 * 1024 } = options.journal ?? {}
    const journalLimits = options.durability === 'fsync' ? { fileBytes, maxBytes } : null
    const failed = (error: unknown): void => this.#fail(error)
    this.#opening = { uuid: this.#uuid, monotonic, after, journalLimits, maxUnsyncedBytes, failed }
    this.leases = createLocalLeases(monotonic)
    this.#shared = {
      disk,
      handles: new Handles(disk, options.maxOpenFiles ?? 512),
      indexBlocks: new IndexBlocks(MAX_INDEX_BLOCKS),
      pool: new BufferPool(options.maxIdleBufferBytes ?? 16 * 1024 * 1024),
      now: options.now ?? Date.now,
      warn,
      background: (what, work) => {
        const told = work.catch(error => warn(`${what} failed: ${error}`)).finally(() => this.#background.delete(told))
        this.#background.add(told)
      },
    }
  }

  async open(): Promise<Opened> {
    if (this.#open !== null) throw new Error('the engine is open')
    const directory = await this.#take()
    try {
      const base = await openLogs({ ...this.#opening, shared: this.#shared, directory }, this.#logs)
      this.#open = { directory, base }
    } catch (error) {
      this.#logs.clear()
      this.#shared.handles.closeAll()
      directory.release()
      throw openError(this.#dataDir, error)
    }
    this.#keepIdleFiles = this.#shared.handles.closeWhenIdle(IDLE_FILE_MS, this.#opening.after)
    return { unclean: directory.clean ? [] : [...this.#logs.keys()] }
  }

  async #take(): Promise<DataDirectory> {
    const { disk, warn } = this.#shared
    try {
      return await DataDirectory.take(disk, this.#dataDir, this.#uuid(), warn)
    } catch (error) {
      throw openError(this.#dataDir, error)
    }
  }

  async close(): Promise<void> {
    if (this.#open === null) return
    const { directory, base } = this.#open
    const { durability } = base
    this.#open = null
    this.#keepIdleFiles()
    await durability.idle()
    await Promise.allSettled(this.#deletions)
    await Promise.all(this.#background)
    try {
      const clean = !durability.failed && (await this.#settle(directory))
      await Promise.all(this.#background)
      this.#shared.handles.closeAll()
      if (!durability.failed) await directory.save()
      await durability.close(clean)
      if (clean) await directory.markClean()
    } finally {
      this.#shared.handles.closeAll()
      this.#logs.clear()
      directory.release()
    }
  }

  /** Marks the directory with Kafka's `meta.properties`. */
  async identify(clusterId: string, nodeId: number): Promise<void> {
    this.#opened().base.durability.check()
    await claimDirectory(this.#shared.disk, this.#dataDir, { clusterId, nodeId, directoryId: this.#uuid() })
  }

  log(id: LogId): Log {
    return new LogHandle(id, this.#find)
  }

  async createLog(id: LogId, options: LogOptions): Promise<boolean> {
    const { base } = this.#opened()
    const { durability } = base
    while (this.#deletions.size > 0) await Promise.allSettled(this.#deletions)
    for (const [deleted, { name }] of [...this.#undeleted])
      if (deleted === id || name === options.name) await this.#finishDeletion(deleted)
    const existing = this.#logs.get(id)
    if (existing !== undefined) {
      existing.configure(options)
      await existing.created
      return false
    }
    durability.check()
    const stray = guarded(() => moveStray(this.#shared.disk, this.#dataDir, options.name, this.#uuid()))
    if (stray !== null) this.#shared.warn(`${stray} doesn't say which log it is and is left alone`)
    const directory = guarded(() => createDirectory(this.#shared.disk, this.#dataDir, id, options.name, this.#uuid()))
    const log = this.#add(base, { id, name: options.name, options, clean: true, acknowledged: null })
    log.tail.recoveryPoint.placed(identityPath(directory, id, options.name))
    log.created = guardedAsync(() => durability.created(log.tail, options.name))
    try {
      await log.created
    } catch (error) {
      // As far as anybody was told it never was.
      if (!durability.failed) await this.#remove(log)
      throw error
    }
    return true
  }

  async adoptLogs(logs: readonly StagedLog[]): Promise<void> {
    const { directory, base } = this.#opened()
    const taken = logs.find(({ id }) => this.#logs.has(id))
    if (taken !== undefined) throw new Error(`the log ${taken.id} is there already`)
    for (const { options, start, end } of logs) {
      directory.starts.set(options.name, start)
      directory.recoveryPoints.set(options.name, end)
      directory.highWatermarks.set(options.name, end)
    }
    await guardedAsync(() => directory.save())
    const { disk } = this.#shared
    for (const log of logs) guarded(() => placeDirectory(disk, this.#dataDir, log.directory, log.id, log.options.name))
    await guardedAsync(() => disk.syncDirectory(this.#dataDir))
    for (const { id, options } of logs)
      this.#add(base, { id, name: options.name, options, clean: true, acknowledged: null })
  }

  async deleteLog(id: LogId): Promise<void> {
    const { durability } = this.#opened().base
    const log = this.#logs.get(id)
    if (log === undefined) {
      await (this.#undeleted.has(id) ? this.#finishDeletion(id) : Promise.all(this.#deletions))
      return
    }
    durability.check()
    await this.#remove(log)
  }

  async *logs(prefix: string): AsyncIterable<LogId> {
    for (const id of [...this.#logs.keys()]) if (id.startsWith(prefix)) yield id
  }

  append(requests: readonly AppendRequest[]): AppendOutcomes {
    const { durability } = this.#opened().base
    for (const { batches, expectedEnd } of requests) checkBatches(batches, expectedEnd)
    return durability.append(requests, this.#tailOf)
  }

  watch(): () => void {
    // Nobody else appends.
    return () => {}
  }

  async location(): Promise<{ path: string; totalBytes: number; usableBytes: number }> {
    return { path: this.#dataDir, ...(await this.#shared.disk.space(this.#dataDir)) }
  }

  #opened(): Opening {
    if (this.#open === null) throw new Error('the engine is closed')
    return this.#open
  }

  #add(base: LogBase, log: OpenedLog): FileLog {
    const added = new FileLog(this.#shared, this.#dataDir, log, base)
    this.#logs.set(log.id, added)
    return added
  }

  /** The medium refused what must not be refused. */
  #fail(error: unknown): void {
    this.#shared.warn(`nothing more is written to ${this.#dataDir} until the broker is started anew: ${error}`)
    for (const log of this.#logs.values()) log.tail.stop()
  }

  async #remove(log: FileLog): Promise<void> {
    log.discard()
    const retired = guarded(() => retireDirectory(this.#shared.disk, this.#dataDir, log.name, this.#uuid()))
    this.#logs.delete(log.id)
    this.#undeleted.set(log.id, { name: log.name, retired })
    await this.#finishDeletion(log.id)
  }

  /** Makes a deletion last; until that has gone well it can be tried again. */
  async #finishDeletion(id: LogId): Promise<void> {
    const { directory, base } = this.#opened()
    const unfinished = this.#undeleted.get(id)
    if (unfinished === undefined) return
    const { name, retired } = unfinished
    const removed = guardedAsync(async () => {
      await Promise.all([directory.forget(name), base.durability.deleted(id)])
      this.#undeleted.delete(id)
    }).finally(() => this.#deletions.delete(removed))
    this.#deletions.add(removed)
    await removed
    const { disk, background } = this.#shared
    background(`removing ${retired}`, disk.removeTree(retired))
  }

  /** Returns whether all is on the medium. */
  async #settle(directory: DataDirectory): Promise<boolean> {
    let clean = true
    await atOnce(this.#logs.values(), CONCURRENT_SETTLES, async log => {
      try {
        // One that is gone and still there couldn't be deleted: it is back at the next start, and nobody synced it.
        clean &&= !log.failed && !log.gone
        if (log.gone) return
        await log.tail.settle()
        if (log.loaded) directory.highWatermarks.set(log.name, log.bounds().committed)
      } catch (error) {
        clean = false
        this.#shared.warn(`${log.directory} will be recovered at the next start: ${error}`)
      }
    })
    return clean
  }
}

/** A timer that doesn't keep the process alive. */
const timeout = (delayMs: number, fire: () => void): (() => void) => {
  const timer = setTimeout(fire, Math.min(delayMs, 0x7fffffff))
  timer.unref()
  return () => clearTimeout(timer)
}

/** An engine over the files of one directory. Nothing is touched before `open`. */
export const createFileEngine = (options: FileEngineOptions): FileEngine => new DirectoryEngine(options)
