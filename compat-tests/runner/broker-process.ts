/** One broker of ours, in a process and a data directory of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import { endAtExit } from './at-exit.ts'

const startMs = 15_000
const stopMs = 5_000

/** A broker that the runner starts, restarts and stops. */
export class BrokerProcess {
  readonly #bin: string
  readonly #engine: string
  readonly #directory: string
  readonly #args: readonly string[]
  readonly #log: WriteStream
  #child: ChildProcess | undefined
  #address = ''
  #diedWith: string | undefined

  /** @param bin the broker's entry, a JavaScript file
   *  @param directory exists, and is the caller's to remove; data and log go there
   *  @param args more of `samsa start` */
  constructor(bin: string, engine: string, directory: string, args: readonly string[] = []) {
    this.#bin = bin
    this.#engine = engine
    this.#directory = directory
    this.#args = args
    this.#log = createWriteStream(this.logFile, { flags: 'a' })
  }

  /** What the broker printed. */
  get logFile(): string {
    return join(this.#directory, 'broker.log')
  }

  /** `host:port`, once started. */
  get address(): string {
    return this.#address
  }

  /** How the broker ended without being asked to; undefined as long as it didn't. */
  get diedWith(): string | undefined {
    return this.#diedWith
  }

  /** Resolves when the broker listens; rejects where it ends first or takes longer than 15 s. The second start takes the same port. */
  async start(): Promise<void> {
    const port = this.#address === '' ? '0' : this.#address.slice(this.#address.lastIndexOf(':') + 1)
    const args = ['start', '--port', port, '--engine', this.#engine, '--data-dir', join(this.#directory, 'data')]
    const child = spawn(process.execPath, [this.#bin, ...args, ...this.#args], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    child.once(
      'exit',
      endAtExit(() => child.kill('SIGKILL')),
    )
    child.stdout?.pipe(this.#log, { end: false })
    child.stderr?.pipe(this.#log, { end: false })
    child.once('exit', (exitCode, signal) => {
      if (this.#child === child) this.#diedWith = `the broker ended with ${signal ?? exitCode}, see ${this.logFile}`
    })
    this.#address = await this.#listening(child)
  }

  /** Stops the broker as its operator would; rejects where it doesn't end cleanly within 5 s, and kills it then. */
  async stop(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL')
        reject(new Error(`the broker did not stop within ${stopMs} ms of SIGTERM`))
      }, stopMs)
      child.once('exit', (exitCode, signal) => {
        clearTimeout(timer)
        if (exitCode === 0) resolve()
        else reject(new Error(`the broker ended with ${signal ?? exitCode} after SIGTERM, see ${this.logFile}`))
      })
      child.kill('SIGTERM')
    })
  }

  /** Stops or kills, and starts on the same data and port. */
  async restart(how: 'stop' | 'kill'): Promise<void> {
    if (how === 'stop') await this.stop()
    else await this.kill()
    await this.start()
  }

  /** Holds the broker where it is, until it is told to go on; as far as others can see it hangs. */
  pause(): void {
    this.#child?.kill('SIGSTOP')
  }

  /** Lets a paused broker go on. */
  resume(): void {
    this.#child?.kill('SIGCONT')
  }

  /** Ends the broker from one moment to the next, listening or not. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  /** The address in the line that the broker prints when it listens. */
  #listening(child: ChildProcess): Promise<string> {
    return new Promise((resolve, reject) => {
      let said = ''
      const timer = setTimeout(() => {
        child.kill('SIGKILL')
        reject(new Error(`the broker did not listen within ${startMs} ms, see ${this.logFile}`))
      }, startMs)
      child.stdout?.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        const address = /([\w.-]+|\[[\da-f:]+\]):(\d+)/i.exec(said.slice(0, said.lastIndexOf('\n') + 1))?.[0]
        if (address === undefined) return
        clearTimeout(timer)
        resolve(address.replace(/^0\.0\.0\.0:/, '127.0.0.1:'))
      })
      child.once('exit', () => {
        clearTimeout(timer)
        reject(new Error(`the broker ended before it listened, see ${this.logFile}`))
      })
    })
  }
}
