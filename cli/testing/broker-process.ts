import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../main.js', import.meta.url))

/** What a finished `samsa` said. */
export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `samsa` to its end. */
export const runToEnd = async (args: readonly string[]): Promise<Finished> => {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', chunk => {
    stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', chunk => {
    stderr += chunk
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

/** `samsa start` as a process of its own, for tests that kill it, measure it or mistreat it. */
export class BrokerProcess {
  /** `host:port` to connect to. */
  readonly address: string
  /** The line it printed when it listened. */
  readonly line: string
  /** From spawn to that line, ms. */
  readonly startMs: number
  readonly #child: ChildProcess
  readonly #exited: Promise<number | null>
  #stderr = ''

  private constructor(child: ChildProcess, line: string, startMs: number) {
    this.#child = child
    this.line = line
    this.startMs = startMs
    this.address = `127.0.0.1:${/ on \S+:(\d+)/.exec(line)?.[1] ?? 'none'}`
    this.#exited = once(child, 'exit').then(([code]) => code as number | null)
    child.stderr?.setEncoding('utf8').on('data', chunk => {
      this.#stderr += chunk
    })
  }

  /** Starts one on a free port; resolves when it listens, rejects with what it said when it ends before. */
  static async start(args: readonly string[]): Promise<BrokerProcess> {
    const began = performance.now()
    const child = spawn(process.execPath, [main, 'start', '--port', '0', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stderr = ''
    const keep = (chunk: Buffer): void => {
      stderr += chunk
    }
    child.stderr.on('data', keep)
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve)
      child.once('exit', code => reject(new Error(`samsa ended with ${code}: ${stderr}`)))
    })
    child.stderr.off('data', keep)
    const broker = new BrokerProcess(child, line, performance.now() - began)
    broker.#stderr = stderr
    return broker
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** What it logged so far. */
  get log(): string {
    return this.#stderr
  }

  /** Whether it still runs. */
  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Resident memory in bytes now, and the highest it ever was; Linux only. */
  memory(): { readonly now: number; readonly peak: number } {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8')
    const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
    return { now: kib('VmRSS') * 1024, peak: kib('VmHWM') * 1024 }
  }

  /** Sends a signal and resolves to the exit code (null when the signal ended it). */
  async stop(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    if (this.alive) this.#child.kill(signal)
    return this.#exited
  }
}
