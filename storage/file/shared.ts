/**
 * What the logs of one file engine have in common.
 */
import type { BufferPool } from './buffer-pool.ts'
import type { Disk } from './disk.ts'
import type { Handles } from './handles.ts'
import type { IndexBlocks } from './index/index-file.ts'

/** What an engine lends to its logs. */
export interface Shared {
  readonly disk: Disk
  readonly handles: Handles
  readonly indexBlocks: IndexBlocks
  readonly pool: BufferPool
  /** Wall clock, ms. */
  readonly now: () => number
  /** Tells the operator something, in one line. */
  readonly warn: (line: string) => void
  /** Work that nobody waits for until the engine closes; its failure is told to the operator, who reads `what`. */
  readonly background: (what: string, work: Promise<void>) => void
}
