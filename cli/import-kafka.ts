/**
 * `samsa import-kafka`: the data directories of a real Kafka become a data directory of Samsa's.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pino } from 'pino'
import { systemClock, systemRandom } from '../broker/clock.ts'
import { Config } from '../broker/config/config.ts'
import { ConfigError } from '../broker/config/config-error.ts'
import { parseProperties } from '../broker/config/properties.ts'
import { staticSettings } from '../broker/config/static-settings.ts'
import { ImportRefused } from '../broker/import/import-refused.ts'
import { type ImportProgress, type ImportSummary, importKafka } from '../broker/import/import-kafka.ts'

/** The command line, as commander gives it. */
export interface ImportOptions {
  readonly dataDir?: string
  readonly metadataDir?: string
  readonly config?: string
  readonly set?: ReadonlyMap<string, string>
  readonly topic?: readonly string[]
  readonly except?: readonly string[]
  readonly copy?: boolean
  readonly recover?: boolean
  readonly keepDamage?: boolean
  readonly retention?: 'keep' | 'default'
  readonly dryRun?: boolean
  readonly quiet?: boolean
}

/** A command line or a settings file that can't be used. */
const UNUSABLE = 2
/** Nothing was imported. */
const FAILED = 1

/** What is wrong is often wrong many times. */
const MAX_LINES = 20

/** Every so often a line says how far it is. */
const PROGRESS_MS = 2_000

/** Imports, and prints a summary. Ends the process with 2 on a command line that can't be used, 1 where nothing was imported. */
export const importFromKafka = async (given: readonly string[], options: ImportOptions): Promise<void> => {
  try {
    const { directories, metadataDirectory, config } = sourcesOf(given, options)
    const notes: string[] = []
    const summary = await importKafka({
      ...{ directories, metadataDirectory, config },
      dataDir: resolve(options.dataDir ?? 'samsa-data'),
      link: options.copy !== true,
      recover: options.recover === true,
      keepDamage: options.keepDamage === true,
      dryRun: options.dryRun === true,
      retention: options.retention ?? null,
      wanted: wantedOf(options),
      ...{ clock: systemClock, random: systemRandom, logger: loggerTo(notes) },
      progress: options.quiet === true ? () => {} : progressLines(),
    })
    process.stdout.write(`${describe(summary, notes, options).join('\n')}\n`)
  } catch (error) {
    const lines = error instanceof ImportRefused ? error.problems : [(error as Error).message]
    const more = lines.length > MAX_LINES ? [`and ${lines.length - MAX_LINES} more`] : []
    process.stderr.write(`samsa: nothing was imported:\n${[...lines.slice(0, MAX_LINES), ...more].join('\n')}\n`)
    process.exit(error instanceof ConfigError ? UNUSABLE : FAILED)
  }
}

/** Kafka's own setting: a broker of ours doesn't look at it. */
const METADATA_DIR = 'metadata.log.dir'

/** Directories on the command line, or those of Kafka's own settings file; the data directory is never one of them. */
const sourcesOf = (given: readonly string[], { config: path, metadataDir, set = new Map() }: ImportOptions) => {
  const file = path === undefined ? new Map<string, string>() : parseProperties(readSettings(path))
  const listed = (file.get('log.dirs') ?? file.get('log.dir') ?? '').split(',').map(each => each.trim())
  const directories = given.length > 0 ? given : listed.filter(each => each !== '')
  if (directories.length === 0)
    throw new ConfigError('DIR', "name Kafka's data directories, or its server.properties with --config")
  for (const key of ['log.dirs', 'log.dir']) file.delete(key)
  const metadataDirectory = metadataDir ?? file.get(METADATA_DIR) ?? null
  return { directories, metadataDirectory, config: new Config(staticSettings({ file, set }).overrides) }
}

const readSettings = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError('--config', `${path} can't be read: ${(error as Error).message}`)
  }
}

const wantedOf = ({ topic, except }: ImportOptions): ((name: string) => boolean) => {
  const only = topic === undefined ? null : new Set(topic)
  const not = new Set(except)
  return name => (only === null || only.has(name)) && !not.has(name)
}

/** What the storage warns of belongs into the summary, not between its lines. */
const loggerTo = (notes: string[]) =>
  pino({ level: 'warn' }, { write: (line: string) => void notes.push((JSON.parse(line) as { msg: string }).msg) })

const progressLines = (): ((progress: ImportProgress) => void) => {
  let toldMs = performance.now()
  return ({ phase, name, doneBytes, totalBytes }) => {
    if (performance.now() - toldMs < PROGRESS_MS) return
    toldMs = performance.now()
    const verb = phase === 'check' ? 'checking' : 'putting in place'
    const percent = Math.floor((100 * doneBytes) / Math.max(1, totalBytes))
    process.stderr.write(`${verb} ${name}: ${percent} % of ${totalBytes} bytes\n`)
  }
}

const describe = (summary: ImportSummary, notes: readonly string[], { dataDir, dryRun }: ImportOptions): string[] => {
  const { topics, linkedCount, copiedCount, copiedBytes, skipped } = summary
  const logs = topics.flatMap(({ partitions }) => partitions.map(({ checked }) => checked))
  const sum = (of: (log: (typeof logs)[number]) => number): number => logs.reduce((total, log) => total + of(log), 0)
  const what = `${topics.length} topics, ${logs.length} partitions, ${sum(log => log.batchCount)} batches, ${sum(log => log.sizeBytes)} bytes`
  const target = resolve(dataDir ?? 'samsa-data')
  return [
    ...skipped.map(({ path, reason }) => `skipped ${path}: ${reason}`),
    ...[...summary.notes, ...notes].map(note => `note: ${note}`),
    ...topics.map(({ name, partitions }) => {
      const bytes = partitions.reduce((total, { checked }) => total + checked.sizeBytes, 0)
      return `topic ${name}: ${partitions.length} partitions, ${bytes} bytes`
    }),
    dryRun === true
      ? `all of it is sound: ${what} can be imported into ${target}`
      : `imported ${what} into ${target}: ${linkedCount} segments linked, ${copiedCount} copied (${copiedBytes} bytes)`,
  ]
}
