/**
 * Brings the files of logs to where the journal says they were: what a loss of power took of them is written again, at the place where it was.
 *
 * Writing again what is there already changes nothing, so all of the journal is replayed, as often as a start needs. What must not be written again
 * is known from the journal itself: entries of a log that was deleted since, of segments that were rewritten since, and of segments that were
 * trimmed. Recovery of the logs comes afterwards, and finds at their ends nothing worse than what was never acknowledged.
 */
import { join } from 'node:path'
import type { LogId, Offset } from '../../engine.ts'
import { atOnce } from '../at-once.ts'
import { type Disk, systemCode, writeFully } from '../disk.ts'
import { createDirectory, retireDirectory, writeIdentity } from '../directory/log-directories.ts'
import type { OffsetCheckpoint } from '../directory/offset-checkpoint.ts'
import { segmentFile } from '../segment-names.ts'
import type { Payload } from './entries.ts'
import type { WholeAppend } from './group.ts'
import { journalPath } from './journal-files.ts'
import type { FoundEntry } from './read-journal.ts'

const COPY_BYTES = 4 * 1024 * 1024
const CONCURRENT_SYNCS = 4

/** What a replay works on. */
export interface ReplayOptions {
  readonly disk: Disk
  readonly dataDir: string
  /** The logs whose directories were found, and these. */
  readonly logs: ReadonlyMap<LogId, string>
  readonly starts: OffsetCheckpoint
  readonly uuid: () => string
  readonly warn: (line: string) => void
}

/** What the journal says of one log. */
interface LogReplay {
  created: string | null
  deleted: boolean
  start: Offset
  end: Offset
  /** By the base offset of the segment. */
  readonly segments: Map<Offset, { readonly slot: number; readonly entry: WholeAppend }[]>
}

/** Replays; what was written is on the medium when it resolves, to the ends of the logs by their names. Throws the disk's error. */
export const replay = async (
  options: ReplayOptions,
  entries: readonly FoundEntry[],
): Promise<ReadonlyMap<string, Offset>> => {
  const writer = new ReplayWriter(options)
  try {
    for (const [id, log] of gather(entries)) writer.apply(id, log)
  } finally {
    writer.close()
  }
  await writer.sync()
  return writer.ends
}

/** What is left to do for each log, once what was superseded is dropped. */
const gather = (entries: readonly FoundEntry[]): Map<LogId, LogReplay> => {
  const logs = new Map<LogId, LogReplay>()
  const fresh = (): LogReplay => ({ created: null, deleted: false, start: 0, end: 0, segments: new Map() })
  for (const { slot, entry } of entries) {
    let log = logs.get(entry.id)
    if (log === undefined || entry.kind === 'deleted') {
      log = fresh()
      logs.set(entry.id, log)
    }
    switch (entry.kind) {
      case 'created':
        log.created = entry.name
        log.deleted = false
        break
      case 'deleted':
        log.deleted = true
        break
      case 'trimmed':
        log.start = Math.max(log.start, entry.start)
        break
      case 'rewritten':
        for (const start of log.segments.keys()) if (start >= entry.from && start < entry.to) log.segments.delete(start)
        break
      case 'appended': {
        log.end = entry.lastOffset + 1
        const runs = log.segments.get(entry.segment)
        if (runs === undefined) log.segments.set(entry.segment, [{ slot, entry }])
        else runs.push({ slot, entry })
      }
    }
  }
  return logs
}

class ReplayWriter {
  /** By name, the offset after the last batch that the journal holds. */
  readonly ends = new Map<string, Offset>()
  readonly #options: ReplayOptions
  readonly #journal = new Map<number, number>()
  readonly #buffer = Buffer.allocUnsafeSlow(COPY_BYTES)
  readonly #paths = new Set<string>()
  readonly #directories = new Set<string>()

  constructor(options: ReplayOptions) {
    this.#options = options
  }

  apply(id: LogId, log: LogReplay): void {
    const { disk, dataDir, logs, starts, uuid } = this.#options
    if (log.deleted) {
      const name = logs.get(id)
      if (name !== undefined) retireDirectory(disk, dataDir, name, uuid())
      return
    }
    const name = logs.get(id) ?? this.#create(id, log.created)
    // Deleted and never made again, or never made: a crash came before anybody was told that it was there.
    if (name === null) return
    const directory = join(dataDir, name)
    this.ends.set(name, log.end)
    // It may be there and yet not on the medium.
    if (log.created !== null) this.#paths.add(writeIdentity(disk, directory, id, name))
    if (log.start > (starts.get(name) ?? 0)) starts.set(name, log.start)
    for (const [start, runs] of log.segments) this.#writeSegment(join(directory, segmentFile(start, 'log')), runs, log)
    this.#directories.add(directory)
  }

  /** Closes the files that were read. */
  close(): void {
    for (const fd of this.#journal.values()) this.#options.disk.close(fd)
  }

  async sync(): Promise<void> {
    const { disk, dataDir, starts } = this.#options
    await atOnce(this.#paths, CONCURRENT_SYNCS, path => disk.sync(path))
    await atOnce(this.#directories, CONCURRENT_SYNCS, path => disk.syncDirectory(path))
    await starts.save()
    await disk.syncDirectory(dataDir)
  }

  /** The name of a log that the journal has and the disk lost, or that it holds without saying whose it is. */
  #create(id: LogId, name: string | null): string | null {
    const { disk, dataDir, logs, uuid, warn } = this.#options
    if (name === null) return null
    const directory = join(dataDir, name)
    if (!disk.isDirectory(directory)) createDirectory(disk, dataDir, id, name, uuid())
    else if ([...logs.values()].includes(name)) {
      warn(`${directory} isn't the log ${id}, which the journal says was created there`)
      return null
    }
    return name
  }

  #writeSegment(path: string, runs: readonly { slot: number; entry: WholeAppend }[], log: LogReplay): void {
    const { disk, warn } = this.#options
    const missing = disk.sizeBytes(path) === null
    if (missing && runs.every(({ entry }) => entry.lastOffset < log.start)) return
    if (missing && runs[0]!.entry.position > 0) {
      warn(`${path} is missing, and the journal holds it from byte ${runs[0]!.entry.position} on only`)
      return
    }
    const fd = disk.open(path, missing ? 'wx+' : 'r+')
    try {
      for (const { slot, entry } of runs) this.#copy(slot, entry.payload, fd, entry.position)
    } finally {
      disk.close(fd)
    }
    this.#paths.add(path)
  }

  #copy(slot: number, payload: Payload, to: number, position: number): void {
    const { disk, dataDir } = this.#options
    let fd = this.#journal.get(slot)
    if (fd === undefined) {
      fd = disk.open(journalPath(dataDir, slot), 'r+')
      this.#journal.set(slot, fd)
    }
    for (let done = 0; done < payload.sizeBytes; ) {
      const length = Math.min(COPY_BYTES, payload.sizeBytes - done)
      const got = disk.read(fd, this.#buffer, 0, length, payload.at + done)
      if (got < length) throw new Error(`${journalPath(dataDir, slot)} has become shorter`)
      writeFully(disk, to, [this.#buffer.subarray(0, length)], position + done)
      done += length
    }
  }
}

/** In words for the person who starts a broker whose journal can't be replayed. */
export const replayProblem = (dataDir: string, error: unknown): unknown =>
  systemCode(error) === undefined
    ? error
    : new Error(`the journal in ${dataDir} can't be replayed: ${(error as Error).message}`, { cause: error })
