/** Runs the kcat program. */
import { type ChildProcess, spawn } from 'node:child_process'
import { refusedByText } from '../librdkafka-errors.ts'

/** What a run that ended well left on its outputs. */
export interface KcatOutput {
  readonly stdout: Buffer
  readonly stderr: string
}

/** All kcat processes of one driver, so that none outlives it. */
export class KcatRunner {
  readonly #address: string
  readonly #running = new Set<ChildProcess>()

  /** @param address `host:port` of the broker, given to each run */
  constructor(address: string) {
    this.#address = address
  }

  /** Starts kcat with `args`. Its outputs are the caller's to read. */
  start(args: readonly string[]): ChildProcess {
    const child = spawn('kcat', ['-b', this.#address, '-X', 'client.id=compat-kcat', ...args])
    this.#running.add(child)
    child.once('close', () => this.#running.delete(child))
    return child
  }

  /** Runs kcat to its end with `input`; rejects with Refused where it reports the broker's error, else with all it said. */
  run(args: readonly string[], input: Buffer = Buffer.alloc(0)): Promise<KcatOutput> {
    const child = this.start(args)
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.stdin?.on('error', () => {
      // kcat ended before it took all input; its exit code and stderr say why.
    })
    child.stdin?.end(input)
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', exitCode => {
        const said = Buffer.concat(stderr).toString()
        if (exitCode === 0) resolve({ stdout: Buffer.concat(stdout), stderr: said })
        else
          reject(
            refusedByText(said) ?? new Error(`kcat ${args.join(' ')} ended with ${exitCode}: ${said.slice(0, 500)}`),
          )
      })
    })
  }

  /** Ends all that still run. */
  async close(): Promise<void> {
    await Promise.all([...this.#running].map(stopKcat))
  }
}

/** Asks a running kcat to end, so that it leaves its group, and waits until it has. */
export function stopKcat(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise(resolve => {
    child.once('close', () => resolve())
    child.kill('SIGTERM')
  })
}
