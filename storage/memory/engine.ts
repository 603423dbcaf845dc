/**
 * The memory engine: nothing survives `close`. For tests and for development, and the model of what an engine is.
 */
import { totalmem } from 'node:os'
import { checkBatches } from '../check-batches.ts'
import type { Appended, AppendRequest, Engine, Leases, Log, LogId, LogOptions, Opened } from '../engine.ts'
import { createLocalLeases } from '../local-leases.ts'
import { LogHandle } from '../log-handle.ts'
import { MemoryLog, type Space } from './log.ts'

/** How much the engine may hold, and its clocks. */
export interface MemoryEngineOptions {
  /** Bytes of batches that all logs may hold; an append beyond answers `full`. Default: half of the machine's (or its container's) memory. */
  readonly maxBytes?: number
  /** Wall clock, ms; for the age of segments. Default: the machine's. */
  readonly now?: () => number
  /** Monotonic clock, ms; for leases. Default: the machine's. */
  readonly monotonic?: () => number
}

const halfOfMemory = (): number => {
  // 0, or more than there is, where no container limits it.
  const limit = process.constrainedMemory()
  return Math.floor((limit > 0 ? Math.min(limit, totalmem()) : totalmem()) / 2)
}

class MemoryEngine implements Engine {
  readonly name = 'memory'
  readonly shared = false
  readonly leases: Leases
  readonly #now: () => number
  readonly #space: Space
  readonly #logs = new Map<LogId, MemoryLog>()

  constructor(options: MemoryEngineOptions) {
    this.#now = options.now ?? Date.now
    this.#space = { maxBytes: options.maxBytes ?? halfOfMemory(), usedBytes: 0 }
    this.leases = createLocalLeases(options.monotonic ?? (() => performance.now()))
  }

  async open(): Promise<Opened> {
    return { unclean: [] }
  }

  async close(): Promise<void> {
    for (const id of [...this.#logs.keys()]) await this.deleteLog(id)
  }

  async identify(): Promise<void> {
    // It is this process's, and goes with it.
  }

  log(id: LogId): Log {
    return new LogHandle(id, wanted => this.#logs.get(wanted))
  }

  async createLog(id: LogId, options: LogOptions): Promise<boolean> {
    const existing = this.#logs.get(id)
    if (existing !== undefined) {
      existing.configure(options)
      return false
    }
    this.#logs.set(id, new MemoryLog(id, options, this.#space, this.#now))
    return true
  }

  async deleteLog(id: LogId): Promise<void> {
    this.#logs.get(id)?.discard()
    this.#logs.delete(id)
  }

  async *logs(prefix: string): AsyncIterable<LogId> {
    for (const id of [...this.#logs.keys()]) if (id.startsWith(prefix)) yield id
  }

  append(requests: readonly AppendRequest[]): readonly Appended[] {
    for (const { batches, expectedEnd } of requests) checkBatches(batches, expectedEnd)
    return requests.map(({ log, batches, expectedEnd }) => {
      const found = this.#logs.get(log.id)
      return found === undefined ? { ok: false, reason: 'gone', end: 0 } : found.append(batches, expectedEnd)
    })
  }

  watch(): () => void {
    // Nobody else appends.
    return () => {}
  }

  async location(): Promise<{ path: string; totalBytes: number; usableBytes: number }> {
    const { maxBytes, usedBytes } = this.#space
    return { path: 'memory', totalBytes: maxBytes, usableBytes: maxBytes - usedBytes }
  }
}

/** An engine in this process's memory, empty, and empty again after `close`. */
export const createMemoryEngine = (options: MemoryEngineOptions = {}): Engine => new MemoryEngine(options)
