/**
 * A broker in a process of its own that tells how its event loop fares: what a bench can't see from outside.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createHistogram } from 'node:perf_hooks'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { pino } from 'pino'
import { systemClock, systemRandom } from '../broker/clock.ts'
import { Config } from '../broker/config/config.ts'
import { type Started, start } from '../broker/start.ts'

/**
 * How long the event loop was held by the process since the last look, ms: how late a timer came, but no longer than the process had a CPU in between, as
 * others on a busy machine make it late too.
 */
export interface LoopHolds {
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

type Ask = 'address' | 'compact' | 'holds' | 'memory' | 'stop'

/** The timer that measures fires so often, ms: what it is late by is what the loop was held for. */
const PROBE_MS = 1

/** The broker, seen from the bench. */
export class MeasuredBroker {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Starts one with the settings on a free port. */
  static async start(settings: Readonly<Record<string, string>>): Promise<MeasuredBroker> {
    const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(settings)])
    await once(child, 'message')
    return new MeasuredBroker(child)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** `host:port`. */
  address(): Promise<string> {
    return this.#ask('address') as Promise<string>
  }

  /** Compacts all compacted topics; resolves when that is done. */
  compact(): Promise<unknown> {
    return this.#ask('compact')
  }

  /** Since the last call. */
  holds(): Promise<LoopHolds> {
    return this.#ask('holds') as Promise<LoopHolds>
  }

  /** Resident bytes now. */
  memory(): Promise<number> {
    return this.#ask('memory') as Promise<number>
  }

  async stop(): Promise<void> {
    await this.#ask('stop')
    this.#child.disconnect()
    await once(this.#child, 'exit')
  }

  /** One question at a time of each kind. */
  #ask(ask: Ask): Promise<unknown> {
    return new Promise(resolve => {
      const hear = (message: { readonly ask: Ask; readonly answer: unknown }): void => {
        if (message.ask !== ask) return
        this.#child.off('message', hear)
        resolve(message.answer)
      }
      this.#child.on('message', hear)
      this.#child.send(ask)
    })
  }
}

/** Of all threads. */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const answers = (started: Started): Record<Ask, () => unknown> => {
  const histogram = createHistogram()
  let [lastMs, lastCpuMs] = [performance.now(), cpuMs()]
  setInterval(() => {
    const [now, cpu] = [performance.now(), cpuMs()]
    const heldMs = Math.min(now - lastMs - PROBE_MS, cpu - lastCpuMs)
    histogram.record(Math.max(1, Math.round(heldMs * 1000)))
    lastMs = now
    lastCpuMs = cpu
  }, PROBE_MS)
  return {
    address: () => `127.0.0.1:${started.addresses[0]!.port}`,
    compact: () => started.broker.partitions.clean(),
    memory: () => process.memoryUsage.rss(),
    stop: () => started.stop(),
    holds: () => {
      const [p50, p99, p999] = [50, 99, 99.9].map(percentile => histogram.percentile(percentile) / 1000)
      const holds = { p50, p99, p999, max: histogram.max / 1000 }
      histogram.reset()
      return holds
    },
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const settings = new Map(Object.entries(JSON.parse(process.argv[2] ?? '{}') as Record<string, string>))
  const logger = pino({ level: 'warn' })
  const started = await start({ config: new Config(settings), clock: systemClock, random: systemRandom, logger })
  const answer = answers(started)
  process.on('message', (ask: Ask) => {
    void Promise.resolve(answer[ask]()).then(said => process.send?.({ ask, answer: said ?? null }))
  })
  process.send?.('ready')
}
