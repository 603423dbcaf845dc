/** Java programs: Kafka's own, and the mains in java/src that speak one JSON object a line. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { endAtExit } from './at-exit.ts'

const target = fileURLToPath(new URL('../../java/target/', import.meta.url))

/** These programs live for seconds: a quick start is worth more than quick code. */
const options = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData']

/** Why Java programs can't be run here; undefined where they can, and where they should but Maven failed: then starting one says how. */
export function javaProblem(): string | undefined {
  return ['.installed', 'failure'].some(name => existsSync(join(target, name)))
    ? undefined
    : "Java and Maven are not there, or Java's part is not installed (node compat-tests/install.mjs)"
}

/** How a main is started. */
export interface JavaOptions {
  /** Bound of the heap, in MB; 256 where not given. */
  readonly heapMb?: number
  /** System properties. */
  readonly properties?: Readonly<Record<string, string>>
}

/**
 * Starts `main` of the class path that install-java.mjs wrote down; throws what Maven complained of where it couldn't. The process ends with the
 * runner, at the latest; its streams are the caller's.
 */
export function startJava(main: string, args: readonly string[], { heapMb = 256, properties = {} }: JavaOptions = {}) {
  const failure = join(target, 'failure')
  if (existsSync(failure)) throw new Error(`Java's part could not be installed: ${readFileSync(failure, 'utf8')}`)
  const classPath = [join(target, 'classes'), readFileSync(join(target, 'classpath'), 'utf8').trim()].join(delimiter)
  const logging = { 'org.slf4j.simpleLogger.defaultLogLevel': 'warn' }
  const defines = Object.entries({ ...logging, ...properties }).map(([key, value]) => `-D${key}=${value}`)
  const child = spawn('java', [...options, `-Xmx${heapMb}m`, ...defines, '-cp', classPath, main, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.once(
    'exit',
    endAtExit(() => child.kill('SIGKILL')),
  )
  return child
}

/** A main that tells lines of JSON, and may be told some. */
export class JavaTalk {
  readonly #main: string
  readonly #child: ReturnType<typeof startJava>
  readonly #lines: AsyncIterator<string>
  readonly #ended: Promise<number | NodeJS.Signals>
  #complaints = ''

  constructor(main: string, args: readonly string[], javaOptions?: JavaOptions) {
    this.#main = main
    this.#child = startJava(main, args, javaOptions)
    this.#ended = exitOf(this.#child)
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#complaints = (this.#complaints + chunk.toString()).slice(-10_000)
    })
    this.#child.stdin.on('error', () => {
      // It ended before it took all; whoever waits for its next line is told why.
    })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  tell(line: object): void {
    this.#child.stdin.write(`${JSON.stringify(line)}\n`)
  }

  /** Its next line; rejects with what it complained of where it ended instead. */
  async next(): Promise<unknown> {
    const { done, value } = await this.#lines.next()
    if (done !== true) return JSON.parse(value)
    throw new Error(`${this.#main} ended with ${await this.#ended}: ${this.#complaints.trim()}`)
  }

  /** Says that nothing more will be told; resolves to the lines that are left when the program ended well, and rejects where it didn't. */
  async rest(): Promise<unknown[]> {
    this.#child.stdin.end()
    const left: unknown[] = []
    for (;;) {
      const { done, value } = await this.#lines.next()
      if (done === true) break
      left.push(JSON.parse(value))
    }
    const how = await this.#ended
    if (how === 0) return left
    throw new Error(`${this.#main} ended with ${how}: ${this.#complaints.trim()}`)
  }

  /** Ends it from one moment to the next, if it runs. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

/** Runs `main` to its end; resolves to what it wrote on its standard output, rejects where it fails. */
export async function runJava(main: string, args: readonly string[], javaOptions?: JavaOptions): Promise<string> {
  const child = startJava(main, args, javaOptions)
  child.stdin.end()
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  const how = await exitOf(child)
  if (how === 0) return Buffer.concat(stdout).toString()
  throw new Error(`${main} ended with ${how}: ${Buffer.concat(stderr).toString().slice(-10_000)}`)
}

function exitOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode, signal) => resolve(exitCode ?? signal ?? -1))
  })
}
