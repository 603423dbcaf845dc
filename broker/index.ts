/**
 * Samsa as a library: brokers inside your own process, for tests and tools.
 */
import { type Logger, pino } from 'pino'
import { type Clock, systemClock, systemRandom } from './clock.ts'
import { Config } from './config/config.ts'
import { start } from './start.ts'

/** How to start a broker. Everything has a default. */
export interface BrokerOptions {
  /** Port to listen on; 0, the default, picks a free one. Settings `listeners`, if given, win over it. */
  readonly port?: number
  /** Address to listen on. Default: `127.0.0.1`. */
  readonly host?: string
  /** `memory` (the default here) keeps nothing; `file` keeps Kafka's log files in `dataDir`. */
  readonly engine?: 'memory' | 'file'
  /** Directory of the file engine. Default: `./samsa-data`. */
  readonly dataDir?: string
  /** Settings by Kafka's names: `{ 'num.partitions': 3 }`. */
  readonly settings?: Readonly<Record<string, string | number | boolean>> | ReadonlyMap<string, string>
  /** A pino logger. Default: silent. */
  readonly logger?: Logger
  /** Time. Default: the machine's. */
  readonly clock?: Clock
}

/** A broker that listens and is ready. */
export interface RunningBroker {
  /** `host:port` for `bootstrap.servers`; several with commas if it has several listeners. */
  readonly bootstrapServers: string
  /** What keeps the records, for people: `file engine, /var/samsa`. */
  readonly storage: string
  /** As new: no topics, no groups, no dynamic settings. Connections stay. */
  reset(): Promise<void>
  /** Stops listening, ends all connections and closes the engine cleanly. Idempotent. */
  stop(): Promise<void>
}

/**
 * Starts a broker in this process; several don't disturb each other. Rejects with a ConfigError for settings that can't be
 * used, with an Error for people when a port or a directory can't be had.
 */
export const startBroker = async (options: BrokerOptions = {}): Promise<RunningBroker> => {
  const logger = options.logger ?? pino({ level: 'silent' })
  const config = new Config(settingsOf(options))
  const started = await start({ config, clock: options.clock ?? systemClock, random: systemRandom, logger })
  let stopped: Promise<void> | null = null
  return {
    bootstrapServers: started.addresses.map(({ host, port }) => `${connectable(host)}:${port}`).join(','),
    storage: started.storage,
    reset: () => started.reset(),
    stop() {
      stopped ??= started.stop()
      return stopped
    },
  }
}

const settingsOf = (options: BrokerOptions): ReadonlyMap<string, string> => {
  const given = options.settings instanceof Map ? options.settings : Object.entries(options.settings ?? {})
  const settings = new Map<string, string>([...given].map(([key, value]) => [key, String(value)]))
  if (!settings.has('samsa.engine')) settings.set('samsa.engine', options.engine ?? 'memory')
  if (options.dataDir !== undefined) settings.set('log.dirs', options.dataDir)
  if (!settings.has('listeners')) {
    const host = options.host ?? '127.0.0.1'
    settings.set('listeners', `PLAINTEXT://${host.includes(':') ? `[${host}]` : host}:${options.port ?? 0}`)
  }
  return settings
}

/** An address that a client on this machine can connect to. */
const connectable = (host: string): string => {
  if (host === '' || host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
