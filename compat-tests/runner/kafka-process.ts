/** A real Kafka of the version in java/pom.xml: one node that is broker and controller, in a data directory of its own. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { startJava } from './java.ts'

const startMs = 60_000
const stopMs = 30_000

/** What Kafka logs when it serves. */
const startedMessage = 'Kafka Server started'

/** A Kafka that the runner starts and stops. */
export class KafkaProcess {
  readonly #directory: string
  readonly #settings: Readonly<Record<string, string>>
  readonly #log: WriteStream
  #ports: { readonly broker: number; readonly controller: number } | undefined
  #child: ChildProcess | undefined

  /** @param directory exists, and is the caller's to remove; data, settings and log go there
   *  @param settings beside those that a single node needs; they win */
  constructor(directory: string, settings: Readonly<Record<string, string>> = {}) {
    this.#directory = directory
    this.#settings = settings
    this.#log = createWriteStream(this.logFile, { flags: 'a' })
  }

  /** What Kafka printed. */
  get logFile(): string {
    return join(this.#directory, 'kafka.log')
  }

  get dataDirectory(): string {
    return join(this.#directory, 'kafka-data')
  }

  /** `host:port`, once started. */
  get address(): string {
    return `127.0.0.1:${this.#ports?.broker ?? 0}`
  }

  /** Resolves when Kafka serves; rejects where it ends first or takes longer than a minute. The second start takes the same port. */
  async start(): Promise<void> {
    this.#ports ??= await freePorts()
    const properties = join(this.#directory, 'server.properties')
    const lines = Object.entries(this.#allSettings(this.#ports)).map(([key, value]) => `${key}=${value}\n`)
    await writeFile(properties, lines.join(''))
    const child = startJava('samsa.compat.KafkaServer', [properties], {
      heapMb: 512,
      properties: { 'org.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer': 'info' },
    })
    this.#child = child
    child.stdin.end()
    child.stdout.pipe(this.#log, { end: false })
    child.stderr.pipe(this.#log, { end: false })
    await this.#serving(child)
  }

  /** Stops Kafka as its operator would, so that its data are closed cleanly; rejects where that takes longer than half a minute. */
  async stop(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const timer = setTimeout(() => child.kill('SIGKILL'), stopMs)
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    const [, signal] = (await ended) as [number | null, NodeJS.Signals | null]
    clearTimeout(timer)
    if (signal === 'SIGKILL') throw new Error(`Kafka did not stop within ${stopMs} ms of SIGTERM, see ${this.logFile}`)
  }

  /** Ends Kafka from one moment to the next. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  #allSettings({ broker, controller }: { readonly broker: number; readonly controller: number }) {
    return {
      'process.roles': 'broker,controller',
      'node.id': '1',
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
      listeners: `PLAINTEXT://127.0.0.1:${broker},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${broker}`,
      'controller.listener.names': 'CONTROLLER',
      'inter.broker.listener.name': 'PLAINTEXT',
      'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      'log.dirs': this.dataDirectory,
      'offsets.topic.replication.factor': '1',
      'transaction.state.log.replication.factor': '1',
      'transaction.state.log.min.isr': '1',
      'share.coordinator.state.topic.replication.factor': '1',
      'share.coordinator.state.topic.min.isr': '1',
      'group.initial.rebalance.delay.ms': '0',
      ...this.#settings,
    }
  }

  #serving(child: ReturnType<typeof startJava>): Promise<void> {
    return new Promise((resolve, reject) => {
      let said = ''
      const timer = setTimeout(() => {
        child.kill('SIGKILL')
        reject(new Error(`Kafka did not serve within ${startMs} ms, see ${this.logFile}`))
      }, startMs)
      child.stderr.on('data', (chunk: Buffer) => {
        // What was said before is of no use but for a message that was cut in two.
        said = said.slice(-startedMessage.length) + chunk.toString()
        if (!said.includes(startedMessage)) return
        clearTimeout(timer)
        resolve()
      })
      child.once('exit', () => {
        clearTimeout(timer)
        reject(new Error(`Kafka ended before it served, see ${this.logFile}`))
      })
    })
  }
}

/** Two ports that nobody has now: Kafka wants its controller's port to be known before it starts. */
async function freePorts(): Promise<{ readonly broker: number; readonly controller: number }> {
  const servers = [createServer(), createServer()]
  const [broker, controller] = await Promise.all(
    servers.map(async server => {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      return (server.address() as { port: number }).port
    }),
  )
  await Promise.all(servers.map(server => once(server.close(), 'close')))
  return { broker: broker!, controller: controller! }
}
