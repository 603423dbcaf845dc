/**
 * The file engine: Kafka's layout on disk, one process, appends into the page cache by synchronous writes, so that what is acknowledged survives
 * the death of the process.
 *
 *     <dataDir>/.lock                               lock.ts
 *     <dataDir>/meta.properties                     meta-properties.ts
 *     <dataDir>/.kafka_cleanshutdown                data-directory.ts: there after a clean stop, gone while we run
 *     <dataDir>/*-offset-checkpoint                 offset-checkpoint.ts
 *     <dataDir>/<topic>-<n>/                        log-directories.ts: which log it is, by partition.metadata or samsa.log
 *         <base offset>.log, .index, .timeindex     segment.ts, segment-indexes.ts; .cleaned, .swap, .deleted: rewrite.ts, leftovers.ts
 *         <offset>.snapshot, leader-epoch-...       parts.ts: what the broker saves beside a log
 *
 * An append goes engine.ts → durability.ts → log.ts → append-runs.ts → segment.ts; a start data-directory.ts → log-directories.ts → load.ts.
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
import { BufferPool } from './buffer-pool.ts'
import { DataDirectory } from './data-directory.ts'
import { type Disk, nodeDisk } from './disk.ts'
import { type Durability, osDurability } from './durability.ts'
import { Handles } from './handles.ts'
import { IndexBlocks } from './index-file.ts'
import { FileLog } from './log.ts'
import { createDirectory, findLogs, placeDirectory, retireDirectory } from './log-directories.ts'
import { claimDirectory } from './meta-properties.ts'
import { recoverLogs } from './recover-logs.ts'
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
  /** Bytes of read buffers kept for the next reads. Default: 16 MiB. */
  readonly maxIdleBufferBytes?: number
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
/** Logs made whole at once at a clean stop. */
const CONCURRENT_SETTLES = 16

/** Kafka's, for logs found at opening, until `createLog` or `configure` says more. */
const defaultsFor = (name: string): LogOptions => ({
  name,
  segmentBytes: 1024 * 1024 * 1024,
  segmentMs: 7 * 24 * 3_600_000,
  indexIntervalBytes: 4096,
  segmentIndexBytes: 10 * 1024 * 1024,
  flushMessages: Number.MAX_SAFE_INTEGER,
  flushMs: Number.MAX_SAFE_INTEGER,
})

class DirectoryEngine implements FileEngine {
  readonly name = 'file'
  readonly shared = false
  readonly leases: Leases
  readonly #dataDir: string
  readonly #uuid: () => string
  readonly #monotonic: () => number
  readonly #shared: Shared
  readonly #durability: Durability = osDurability
  readonly #logs = new Map<LogId, FileLog>()
  readonly #background = new Set<Promise<void>>()
  readonly #find = (id: LogId): FileLog | undefined => this.#logs.get(id)
  #directory: DataDirectory | null = null

  constructor(options: FileEngineOptions) {
    const { disk = nodeDisk, warn = () => {} } = options
    this.#dataDir = resolve(options.dataDir)
    this.#uuid = options.uuid ?? (() => randomBytes(16).toString('base64url'))
    this.#monotonic = options.monotonic ?? (() => performance.now())
    this.leases = createLocalLeases(this.#monotonic)
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
    if (this.#directory !== null) throw new Error('the engine is open')
    const { disk, warn, background } = this.#shared
    const directory = await DataDirectory.take(disk, this.#dataDir, this.#uuid(), warn)
    try {
      const { logs, leftovers } = findLogs(disk, this.#dataDir, warn)
      await directory.forgetAllBut(new Set(logs.map(log => log.name)))
      for (const path of leftovers) background(`removing ${path}`, disk.removeTree(path))
      for (const { id, name } of logs) this.#add(directory, id, defaultsFor(name), directory.clean)
      if (!directory.clean) await recoverLogs([...this.#logs.values()], { warn, monotonic: this.#monotonic })
    } catch (error) {
      this.#logs.clear()
      this.#shared.handles.closeAll()
      directory.release()
      throw error
    }
    this.#directory = directory
    return { unclean: directory.clean ? [] : [...this.#logs.keys()] }
  }

  async close(): Promise<void> {
    const directory = this.#directory
    if (directory === null) return
    this.#directory = null
    await Promise.all(this.#background)
    const clean = await this.#settle(directory)
    await Promise.all(this.#background)
    this.#shared.handles.closeAll()
    this.#logs.clear()
    try {
      await directory.save(clean)
    } finally {
      directory.release()
    }
  }

  /** Marks the directory with Kafka's `meta.properties`. */
  async identify(clusterId: string, nodeId: number): Promise<void> {
    this.#opened()
    await claimDirectory(this.#shared.disk, this.#dataDir, { clusterId, nodeId, directoryId: this.#uuid() })
  }

  log(id: LogId): Log {
    return new LogHandle(id, this.#find)
  }

  async createLog(id: LogId, options: LogOptions): Promise<boolean> {
    const directory = this.#opened()
    const existing = this.#logs.get(id)
    if (existing !== undefined) {
      existing.configure(options)
      return false
    }
    guarded(() => createDirectory(this.#shared.disk, this.#dataDir, id, options.name, this.#uuid()))
    this.#add(directory, id, options, true)
    return true
  }

  async adoptLogs(logs: readonly StagedLog[]): Promise<void> {
    const directory = this.#opened()
    const taken = logs.find(({ id }) => this.#logs.has(id))
    if (taken !== undefined) throw new Error(`the log ${taken.id} is there already`)
    for (const { options, start, end } of logs) {
      directory.starts.set(options.name, start)
      directory.recoveryPoints.set(options.name, end)
      directory.highWatermarks.set(options.name, end)
    }
    await guardedAsync(() => directory.save(false))
    const { disk } = this.#shared
    for (const log of logs) guarded(() => placeDirectory(disk, this.#dataDir, log.directory, log.id, log.options.name))
    await guardedAsync(() => disk.syncDirectory(this.#dataDir))
    for (const { id, options } of logs) this.#add(directory, id, options, true)
  }

  async deleteLog(id: LogId): Promise<void> {
    const directory = this.#opened()
    const log = this.#logs.get(id)
    if (log === undefined) return
    log.discard()
    const { disk, background } = this.#shared
    const retired = guarded(() => retireDirectory(disk, this.#dataDir, log.name, this.#uuid()))
    this.#logs.delete(id)
    background(`removing ${retired}`, disk.removeTree(retired))
    await guardedAsync(() => directory.forget(log.name))
  }

  async *logs(prefix: string): AsyncIterable<LogId> {
    for (const id of [...this.#logs.keys()]) if (id.startsWith(prefix)) yield id
  }

  append(requests: readonly AppendRequest[]): AppendOutcomes {
    this.#opened()
    for (const { batches, expectedEnd } of requests) checkBatches(batches, expectedEnd)
    return this.#durability.append(requests, this.#find)
  }

  watch(): () => void {
    // Nobody else appends.
    return () => {}
  }

  async location(): Promise<{ path: string; totalBytes: number; usableBytes: number }> {
    return { path: this.#dataDir, ...(await this.#shared.disk.space(this.#dataDir)) }
  }

  #opened(): DataDirectory {
    if (this.#directory === null) throw new Error('the engine is closed')
    return this.#directory
  }

  #add(directory: DataDirectory, id: LogId, options: LogOptions, clean: boolean): void {
    const log = { id, name: options.name, options, clean }
    this.#logs.set(id, new FileLog(this.#shared, this.#dataDir, log, directory))
  }

  /** Returns whether all is on the medium. */
  async #settle(directory: DataDirectory): Promise<boolean> {
    let clean = true
    const logs = this.#logs.values()
    const settleSome = async (): Promise<void> => {
      for (const log of logs) {
        try {
          clean &&= !log.failed
          await log.settle()
          if (log.loaded) directory.highWatermarks.set(log.name, log.bounds().committed)
        } catch (error) {
          clean = false
          this.#shared.warn(`${log.directory} will be recovered at the next start: ${error}`)
        }
      }
    }
    await Promise.all(Array.from({ length: CONCURRENT_SETTLES }, settleSome))
    return clean
  }
}

/** An engine over the files of one directory. Nothing is touched before `open`. */
export const createFileEngine = (options: FileEngineOptions): FileEngine => new DirectoryEngine(options)
