/**
 * When what is asked of the engine counts as done: between the engine and its logs, so that another answer needs no change in either.
 */
import type { AppendOutcomes, Appended, AppendRequest, Batch, LogId, Offset } from '../engine.ts'
import type { Run } from './append-runs.ts'
import type { Disk } from './disk.ts'
import { FlushBehind } from './flush-behind.ts'
import type { OffsetCheckpoint } from './directory/offset-checkpoint.ts'

/** A log, as durability sees it. */
export interface DurableLog {
  readonly id: LogId
  /** Of its directory. */
  readonly name: string
  /** Writes into the page cache and makes it readable, or changes nothing. The batches are checked. */
  append(batches: readonly Batch[], expectedEnd: Offset): Appended | Promise<Appended>
  /** The first half of an append: the batches lie behind the end, where no reader sees them. Or nothing has changed, for this reason. */
  write(batches: readonly Batch[], expectedEnd: Offset): readonly Run[] | Extract<Appended, { ok: false }>
  /** After `write`: there is something under way, until `whole` settles. */
  await(whole: Promise<unknown>): void
  /** The second half: what was written is part of the log. */
  account(batches: readonly Batch[], runs: readonly Run[]): Appended
  /** Instead of `account`: takes back what was written. The answer can be given when `takenBack` resolves. */
  takeBack(runs: readonly Run[], error: unknown): Appended
  /** Resolves when a loss of power can't bring back what was taken back. Rejects with the disk's error. */
  takenBack(): Promise<void>
  /** Instead of `account`, where nothing is to be written any more: what was written stays out of sight. */
  abandon(): void
  /** Makes all that was accounted survive a loss of power. */
  flush(): Promise<void>
  /** The name of its directory isn't known to be on the medium. */
  readonly unplaced: boolean
}

/** Carries out what must last, and says when it does. All fail with the disk's error, or KAFKA_STORAGE_ERROR where nothing may be written any more. */
export interface Durability {
  /** Outcomes in the order of the requests. `find` gives the log of an id, if there is one. */
  append(requests: readonly AppendRequest[], find: (id: LogId) => DurableLog | undefined): AppendOutcomes
  /** Nothing may be written any more. */
  readonly failed: boolean
  /** Throws KAFKA_STORAGE_ERROR where nothing may be written any more. */
  check(): void
  /** A log's directory was made. */
  created(log: DurableLog, name: string): Promise<void>
  /** A log's directory was moved away. */
  deleted(id: LogId): Promise<void>
  /** A log's start was raised, and is set in the checkpoint of starts. */
  trimmed(log: DurableLog, start: Offset): Promise<void>
  /** Files were put into the log's directory, and are on the medium. */
  saved(log: DurableLog): Promise<void>
  /** Segments that begin in [from, to) are going to be replaced. */
  rewriting(log: DurableLog, from: Offset, to: Offset): Promise<void>
  /** A log was flushed because a segment of it was closed: its recovery point should last. */
  flushed(): Promise<void>
  /** A sync of a log failed. */
  syncFailed(error: unknown): void
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
  /** Ends: all that was accepted is synced elsewhere, if `clean`. */
  close(clean: boolean): Promise<void>
}

/** What it needs: the checkpoints are saved where nothing else makes what they say last. */
interface OsOptions {
  readonly starts: OffsetCheckpoint
  readonly recoveryPoints: OffsetCheckpoint
  /** How much may be appended, to all logs together, before what isn't on the medium is synced in the background. */
  readonly maxUnsyncedBytes: number
  readonly disk: Disk
  readonly dataDir: string
  readonly background: (what: string, work: Promise<void>) => void
}

const done = Promise.resolve()

/** Has the log's recovery point last at `to` or beyond: above it a recovery takes gaps for losses, so no rewrite may leave one there. */
export const makeSafe = async (log: DurableLog, to: Offset, recoveryPoints: OffsetCheckpoint): Promise<void> => {
  if ((recoveryPoints.lasting(log.name) ?? 0) >= to) return
  await log.flush()
  await recoveryPoints.save()
}

/**
 * What the operating system has taken survives the death of this process; it isn't on the medium yet. Kafka's own default. Only starts of logs and
 * their deletions are synced: what lies below them is removed. Logs are synced behind the appends, so that a start after a crash has little to read.
 */
export const osDurability = (options: OsOptions): Durability => {
  const { disk, dataDir, starts, recoveryPoints, maxUnsyncedBytes, background } = options
  const behind = new FlushBehind({ maxBytes: maxUnsyncedBytes, background, save: () => recoveryPoints.save() })
  const append = (log: DurableLog | undefined, { batches, expectedEnd }: AppendRequest) => {
    if (log === undefined) return { ok: false, reason: 'gone', end: 0 } as const
    const outcome = log.append(batches, expectedEnd)
    let sizeBytes = 0
    for (const { bytes } of batches) sizeBytes += bytes.length
    behind.appended(log, sizeBytes)
    return outcome
  }
  return {
    append: (requests, find) => {
      const outcomes: (Appended | Promise<Appended>)[] = []
      try {
        for (const request of requests) outcomes.push(append(find(request.log.id), request))
      } catch (error) {
        // Nobody will see the others.
        for (const outcome of outcomes) if (outcome instanceof Promise) outcome.catch(() => {})
        throw error
      }
      return outcomes
    },
    failed: false,
    check: () => {},
    created: () => done,
    deleted: () => disk.syncDirectory(dataDir),
    trimmed: () => starts.save(),
    saved: () => done,
    rewriting: (log, _from, to) => makeSafe(log, to, recoveryPoints),
    flushed: () => recoveryPoints.save(),
    syncFailed: () => {},
    idle: () => done,
    close: () => done,
  }
}
