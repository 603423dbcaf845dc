/**
 * `samsa start`: one broker in this process, until a signal stops it.
 */
import { readFileSync } from 'node:fs'
import { ConfigError } from '../broker/config/config-error.ts'
import { parseProperties } from '../broker/config/properties.ts'
import { staticSettings } from '../broker/config/static-settings.ts'
import { type RunningBroker, startBroker } from '../broker/index.ts'
import { createLogger } from './logger.ts'
import { packageVersion } from './package-version.ts'

/** The command line, as commander gives it. */
export interface StartOptions {
  readonly port?: number
  readonly host?: string
  readonly engine?: 'file' | 'memory'
  readonly dataDir?: string
  readonly durability?: 'os' | 'fsync'
  readonly config?: string
  readonly set?: ReadonlyMap<string, string>
  readonly logLevel: string
}

/** What the command starts with, unlike the library. */
const defaults: ReadonlyMap<string, string> = new Map([
  ['samsa.engine', 'file'],
  ['listeners', 'PLAINTEXT://:9092'],
])

/** A command line or a settings file that can't be used. */
const UNUSABLE = 2
/** The broker couldn't start. */
const FAILED = 1

/** Runs the broker; resolves once it listens. Ends the process with 2 on settings that can't be used, 1 when it can't start. */
export const start = async (options: StartOptions): Promise<void> => {
  const logger = createLogger(options.logLevel)
  let broker: RunningBroker
  try {
    const { overrides, notes } = settingsOf(options)
    for (const note of notes) logger.warn(note)
    broker = await startBroker({ settings: new Map([...defaults, ...overrides]), logger })
  } catch (error) {
    process.stderr.write(`samsa: ${explain(error)}\n`)
    process.exit(error instanceof ConfigError ? UNUSABLE : FAILED)
  }
  stopOnSignals(broker)
  process.stdout.write(`Samsa ${packageVersion()} is listening on ${broker.bootstrapServers} (${broker.storage})\n`)
}

/** The file's settings, then `--set`, then the options with a name of their own. */
const settingsOf = (options: StartOptions): ReturnType<typeof staticSettings> => {
  const file = options.config === undefined ? new Map<string, string>() : parseProperties(readSettings(options.config))
  const set = new Map(options.set)
  if (options.engine !== undefined) set.set('samsa.engine', options.engine)
  if (options.durability !== undefined) set.set('samsa.durability', options.durability)
  if (options.dataDir !== undefined) set.set('log.dirs', options.dataDir)
  if (options.port !== undefined || options.host !== undefined) {
    const host = options.host ?? ''
    const address = host.includes(':') ? `[${host}]` : host
    set.set('listeners', `PLAINTEXT://${address}:${options.port ?? 9092}`)
  }
  return staticSettings({ file, set })
}

const readSettings = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError('--config', `${path} can't be read: ${(error as Error).message}`)
  }
}

/** An error in words that say what to do. */
const explain = (error: unknown): string => {
  const { code, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string }
  if (code === 'EADDRINUSE') return `port ${port} is in use; --port picks another one, --port 0 any free one`
  if (code === 'EACCES' && port !== undefined)
    return `port ${port} may not be used by this user; --port picks another one`
  if (code === 'EADDRNOTAVAIL') return `${address} is no address of this machine; --host picks another one`
  return error instanceof Error ? error.message : String(error)
}

const stopOnSignals = (broker: RunningBroker): void => {
  let stopping = false
  const stop = (): void => {
    // A second Ctrl-C is from someone who doesn't want to wait.
    if (stopping) process.exit(FAILED)
    stopping = true
    broker.stop().then(
      () => process.exit(0),
      error => {
        process.stderr.write(`samsa: stopping failed: ${(error as Error).message}\n`)
        process.exit(FAILED)
      },
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}
