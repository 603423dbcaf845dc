/**
 * `samsa check`: whether a data directory is as it was written.
 */
import { resolve } from 'node:path'
import {
  CheckRefused,
  checkDirectory,
  type CheckProgress,
  type DirectoryReport,
} from '../storage/file/check/check-directory.ts'
import type { Inspector } from '../storage/file/check/check-log.ts'
import type { Finding, LogReport } from '../storage/file/check/log-report.ts'
import { inspectFolds } from './check/folds-inspector.ts'
import { codecsReady, inspectRecords } from './check/records-inspector.ts'

/** The command line, as commander gives it. */
export interface CheckCommandOptions {
  readonly records?: boolean
  readonly json?: boolean
  readonly live?: boolean
}

/** Something isn't as it was written. */
const DAMAGED = 1
/** The directory can't be read. */
const UNREADABLE = 2

/** Checks, and ends the process with 0 if all is sound, 1 if not, 2 if the directory can't be read. */
export const check = async (directory: string, options: CheckCommandOptions): Promise<void> => {
  const path = resolve(directory)
  const began = performance.now()
  const logs: LogReport[] = []
  const progress = progressLine()
  try {
    if (options.records === true) await codecsReady()
    const report = await checkDirectory(path, {
      inspect: options.records === true ? () => both(inspectFolds(), inspectRecords()) : inspectFolds,
      live: options.live === true,
      progress: progress.show,
      report: log => {
        logs.push(log)
        if (options.json !== true) for (const line of linesOf(log)) progress.print(line)
      },
    })
    progress.clear()
    const seconds = (performance.now() - began) / 1000
    const sound = report.problems.length === 0 && logs.every(({ problems }) => problems.count === 0)
    const text =
      options.json === true ? asJson(path, report, logs, seconds, sound) : summary(path, report, logs, seconds)
    process.stdout.write(`${text}\n`)
    process.exitCode = sound ? 0 : DAMAGED
  } catch (error) {
    progress.clear()
    process.stderr.write(`samsa: ${explain(error)}\n`)
    process.exitCode = UNREADABLE
  }
}

const both = (first: Inspector, second: Inspector): Inspector => ({
  part: (...part) => first.part(...part),
  wantsWhole: (buffer, at) => first.wantsWhole(buffer, at) || second.wantsWhole(buffer, at),
  batch(buffer, at, tell) {
    first.batch(buffer, at, tell)
    second.batch(buffer, at, tell)
  },
  end: problems => first.end(problems),
})

const linesOf = ({ name, problems, notes }: LogReport): string[] => {
  const line = ({ where, what }: Finding): string => `${name}: ${where}: ${what}`
  const more = problems.count - problems.all.length
  return [
    ...problems.all.map(line),
    ...(more > 0 ? [`${name}: and ${more} more problems`] : []),
    ...notes.all.map(note => `${line(note)} (no problem)`),
  ]
}

const summary = (path: string, report: DirectoryReport, logs: readonly LogReport[], seconds: number): string => {
  const { count, bytes, figures } = totals(logs)
  const damaged = logs.filter(({ problems }) => problems.count > 0).length
  const result = damaged + report.problems.length === 0 ? 'all sound' : `${count(damaged, 'log')} with problems`
  const stop = report.clean ? '' : '; it was not closed by a clean stop'
  return [
    ...report.problems.map(({ where, what }) => `${where}: ${what}`),
    ...report.notes.map(({ where, what }) => `${where}: ${what} (no problem)`),
    `${path}: ${figures}, ${bytes} in ${seconds.toFixed(1)} s: ${result}${stop}`,
  ].join('\n')
}

const totals = (logs: readonly LogReport[]) => {
  const sum = (of: (log: LogReport) => number): number => logs.reduce((total, log) => total + of(log), 0)
  const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`
  const [segments, batches, records] = [sum(log => log.segments), sum(log => log.batches), sum(log => log.records)]
  const sizeBytes = sum(log => log.sizeBytes)
  const figures = [
    count(logs.length, 'log'),
    count(segments, 'segment'),
    `${batches} ${batches === 1 ? 'batch' : 'batches'}`,
    count(records, 'record'),
  ].join(', ')
  return { count, segments, batches, records, sizeBytes, bytes: sizeText(sizeBytes), figures }
}

const sizeText = (bytes: number): string => {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${units[power]}`
}

const asJson = (
  path: string,
  report: DirectoryReport,
  logs: readonly LogReport[],
  seconds: number,
  sound: boolean,
): string => {
  const { segments, batches, records, sizeBytes } = totals(logs)
  const plain = ({ problems, notes, ...log }: LogReport) => ({
    ...log,
    problemCount: problems.count,
    problems: problems.all,
    notes: notes.all,
  })
  const figures = { logs: logs.length, segments, batches, records, sizeBytes, seconds: Number(seconds.toFixed(3)) }
  return JSON.stringify({ directory: path, sound, ...report, totals: figures, logs: logs.map(plain) }, null, 2)
}

/** A line that stands below all others and changes, where a person looks on. */
const progressLine = () => {
  const isShown = process.stderr.isTTY === true
  const clear = (): void => {
    if (isShown) process.stderr.write('\r\x1b[K')
  }
  return {
    clear,
    print(line: string): void {
      clear()
      process.stdout.write(`${line}\n`)
    },
    show({ bytes, ofBytes, name }: CheckProgress): void {
      const percent = Math.min(100, Math.floor((bytes * 100) / Math.max(1, ofBytes)))
      if (isShown) process.stderr.write(`\r\x1b[K${percent} % of ${sizeText(ofBytes)}, ${name}`)
    },
  }
}

const explain = (error: unknown): string => {
  if (error instanceof CheckRefused) return error.message
  return `the directory can't be read: ${(error as Error).message}`
}
