import type { Appended, Batch, Bounds, Offset, ReadOptions, Slice } from '../../storage/engine.ts'

/**
 * The log that a Shard writes: the part of an engine's log that a coordinator needs. A coordinator topic's partition gives
 * one (its appends go through the partition's own queue, so that readers of the topic wake up), and so does a bare log of
 * the engine (`engineShardLog`).
 */
export interface ShardLog {
  /** As `Log.bounds`. */
  bounds(): Bounds | Promise<Bounds>
  /** As `Log.read`; the caller releases the slice. */
  read(from: Offset, options: ReadOptions): Slice | Promise<Slice>
  /**
   * Appends all batches or none, if the log ends at `expectedEnd`; the first batch starts there. The leader epoch in them
   * is stamped by the log where it has one. A rejected promise: the outcome is unknown.
   */
  append(batches: readonly Batch[], expectedEnd: Offset): Promise<Appended>
}
