/**
 * Reads a data directory whole, without changing anything: Samsa's own, or one of Kafka's.
 */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { LogId, Offset } from '../../engine.ts'
import { nodeDisk, systemCode } from '../disk.ts'
import { readMarker } from '../journal/marker.ts'
import { readJournal } from '../journal/read-journal.ts'
import { findLogs } from '../directory/log-directories.ts'
import { livingHolder } from '../directory/lock.ts'
import { readMetaProperties } from '../directory/meta-properties.ts'
import { OffsetCheckpoint } from '../directory/offset-checkpoint.ts'
import { checkLog, type Inspector } from './check-log.ts'
import { JournalCheck } from './journal-check.ts'
import { type Finding, Findings, type LogReport } from './log-report.ts'

/** How to check. */
export interface DirectoryCheckOptions {
  /** For each log its own. */
  readonly inspect: () => Inspector
  /** Read it while a broker writes it, too. */
  readonly live: boolean
  /** Is told how far it is, now and then. */
  readonly progress: (progress: CheckProgress) => void
  /** Is told of each log once it is read. */
  readonly report: (log: LogReport) => void
}

/** How far a check is. */
export interface CheckProgress {
  readonly bytes: number
  readonly ofBytes: number
  /** The log that is read. */
  readonly name: string
}

/** What was found; what belongs to a log was reported with it. */
export interface DirectoryReport {
  /** Who wrote it, as far as it shows. */
  readonly writer: 'samsa' | 'kafka' | 'unknown'
  readonly clusterId: string | null
  readonly nodeId: number | null
  /** Whether it was closed by a clean stop. */
  readonly clean: boolean
  readonly logs: number
  readonly problems: readonly Finding[]
  readonly notes: readonly Finding[]
}

/** The directory can't be checked: it isn't there, isn't a data directory, or a broker has it. For people. */
export class CheckRefused extends Error {}

/** Checks; lets others have a turn. Rejects with `CheckRefused`, or with the system's error if something can't be read. */
export const checkDirectory = async (path: string, options: DirectoryCheckOptions): Promise<DirectoryReport> =>
  new DirectoryCheck(path, options).run()

const DIRECTORY = /^.+-\d+$/
/** Bytes read between two turns of others. */
const PORTION_BYTES = 64 * 1024 * 1024

class DirectoryCheck {
  readonly #path: string
  readonly #options: DirectoryCheckOptions
  readonly #problems = new Findings()
  readonly #notes = new Findings()
  #bytes = 0
  #bytesSinceTurn = 0
  #ofBytes = 0

  constructor(path: string, options: DirectoryCheckOptions) {
    this.#path = path
    this.#options = options
  }

  async run(): Promise<DirectoryReport> {
    const live = this.#mayRead()
    const { logs, leftovers } = findLogs(nodeDisk, this.#path, line => this.#notes.add(this.#path, line))
    for (const leftover of leftovers)
      this.#notes.add(leftover, 'it is left over from a deletion or creation; the next start removes it')
    for (const stray of readdirSync(this.#path).filter(name => name.endsWith('-stray')))
      this.#notes.add(stray, "a directory that didn't say which log it is was set aside; nobody reads it")
    const names = readdirSync(this.#path).filter(
      name => DIRECTORY.test(name) && nodeDisk.isDirectory(join(this.#path, name)),
    )
    const ids = new Map(logs.map(({ id, name }) => [name, id]))
    const properties = readMetaProperties(nodeDisk, this.#path)
    if (names.length === 0 && properties === null)
      throw new CheckRefused(`${this.#path} is no data directory: it has no logs and no meta.properties`)
    const clean = existsSync(join(this.#path, '.kafka_cleanshutdown'))
    for (const name of names) this.#ofBytes += sizeOf(join(this.#path, name))
    const writer = [...ids.values()].includes('state/cluster') ? 'samsa' : properties === null ? 'unknown' : 'kafka'
    if (writer === 'kafka')
      this.#notes.add(this.#path, 'it was written by Kafka; samsa import-kafka takes its topics over')
    await this.#checkLogs(names, ids, clean, live)
    const { clusterId = null, nodeId = null } = properties ?? {}
    return {
      writer,
      clusterId,
      nodeId,
      clean,
      logs: names.length,
      problems: this.#problems.all,
      notes: this.#notes.all,
    }
  }

  /** Whether a broker writes it meanwhile; throws where that isn't asked for. */
  #mayRead(): boolean {
    if (!nodeDisk.isDirectory(this.#path)) throw new CheckRefused(`${this.#path} is no directory`)
    const holder = livingHolder(nodeDisk, this.#path)
    if (holder === null) return this.#options.live
    if (this.#options.live) return true
    throw new CheckRefused(
      `a broker, the process ${holder}, has ${this.#path} and writes it. Stop it first, or give --live: what it writes meanwhile is then not looked at`,
    )
  }

  async #checkLogs(
    names: readonly string[],
    ids: ReadonlyMap<string, LogId>,
    clean: boolean,
    live: boolean,
  ): Promise<void> {
    const points = this.#checkpoint('recovery-point-offset-checkpoint')
    const starts = this.#checkpoint('log-start-offset-checkpoint')
    this.#checkpoint('replication-offset-checkpoint')
    const journal = this.#journal()
    for (const name of [...names].sort()) {
      const id = ids.get(name) ?? null
      const options = {
        inspector: this.#options.inspect(),
        ...{ clean, live },
        // What a running broker trims and syncs is in its memory first.
        recoveryPoint: live ? 0 : (points.get(name) ?? 0),
        start: starts.get(name) ?? 0,
        isJournaled: (segment: Offset, position: number, end: number) =>
          id !== null && (journal?.holds(id, segment, position, end) ?? false),
      }
      try {
        this.#options.report(await this.#drive(checkLog(join(this.#path, name), name, id, options), name))
      } catch (error) {
        // A topic may be deleted, and a segment compacted, under our eyes.
        if (!live || systemCode(error) !== 'ENOENT') throw error
        this.#notes.add(name, 'files of it went away while it was read')
      }
    }
    if (journal !== null) for (const note of journal.notes(this.#path, ids)) this.#notes.add('samsa.journal', note)
  }

  async #drive(check: Generator<number, LogReport, void>, name: string): Promise<LogReport> {
    for (;;) {
      const step = check.next()
      if (step.done) return step.value
      this.#bytes += step.value
      this.#bytesSinceTurn += step.value
      if (this.#bytesSinceTurn < PORTION_BYTES) continue
      this.#bytesSinceTurn = 0
      this.#options.progress({ bytes: this.#bytes, ofBytes: this.#ofBytes, name })
      await new Promise<void>(resolve => setImmediate(resolve))
    }
  }

  #checkpoint(name: string): OffsetCheckpoint {
    return new OffsetCheckpoint(nodeDisk, join(this.#path, name), () =>
      this.#problems.add(name, "it can't be read, and a start takes it for empty"),
    )
  }

  #journal(): JournalCheck | null {
    try {
      const id = readMarker(nodeDisk, this.#path)
      if (id === null) return null
      return new JournalCheck(
        readJournal(nodeDisk, this.#path, id, line => this.#problems.add('samsa.journal', line)).entries,
      )
    } catch (error) {
      if (systemCode(error) !== undefined) throw error
      this.#problems.add('samsa.journal', (error as Error).message)
      return null
    }
  }
}

const sizeOf = (directory: string): number => {
  let bytes = 0
  for (const name of readdirSync(directory))
    if (name.endsWith('.log')) bytes += statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0
  return bytes
}
