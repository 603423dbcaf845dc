/** A kcat process in a group. */
import type { ChildProcess } from 'node:child_process'
import { type ConsumedRecord, type JoinOptions, type Member, type TopicPartition, Unsupported } from '../driver.ts'
import { RecordReader, recordFormat } from './record-text.ts'
import { refusedByText } from '../librdkafka-errors.ts'
import { type KcatRunner, stopKcat } from './run-kcat.ts'

/** {@link Member} over a running kcat: it commits every five seconds and as it leaves, so only the broker can say how far. */
export class KcatMember implements Member {
  readonly #child: ChildProcess
  readonly #received: ConsumedRecord[] = []
  #assignment: readonly TopicPartition[] = []
  #stderr = ''
  #leaving = false
  #failure: unknown

  private constructor(child: ChildProcess) {
    this.#child = child
    const reader = new RecordReader()
    child.stdout?.on('data', (chunk: Buffer) => {
      for (const record of reader.read(chunk)) {
        this.#received.push(record)
      }
    })
    child.stderr?.on('data', (chunk: Buffer) => this.#hear(chunk.toString()))
    child.once('error', error => {
      this.#failure = error
    })
    child.once('close', exitCode => {
      if (this.#leaving) return
      this.#failure ??= refusedByText(this.#stderr) ?? new Error(`kcat ended with ${exitCode}: ${this.#stderr}`)
    })
  }

  /** Starts kcat as a member. */
  static join(runner: KcatRunner, group: string, options: JoinOptions): KcatMember {
    if (options.commit === 'never') throw new Unsupported('kcat always commits what it received')
    if (options.journal !== undefined) throw new Unsupported("kcat doesn't tell what it commits")
    if (options.assignor === 'cooperative-sticky') throw new Unsupported("kcat doesn't print cooperative assignments")
    const settings = {
      'auto.offset.reset': options.from,
      'heartbeat.interval.ms': 300,
      'session.timeout.ms': options.sessionTimeoutMs ?? 10_000,
      'fetch.wait.max.ms': 200,
      ...(options.assignor === undefined ? {} : { 'partition.assignment.strategy': options.assignor }),
      ...(options.instanceId === undefined ? {} : { 'group.instance.id': options.instanceId }),
    }
    const args = Object.entries(settings).flatMap(([name, value]) => ['-X', `${name}=${value}`])
    return new KcatMember(runner.start([...args, '-u', '-f', recordFormat, '-G', group, ...options.topics]))
  }

  get received(): readonly ConsumedRecord[] {
    this.#throwFailure()
    return this.#received
  }

  assignment(): readonly TopicPartition[] {
    this.#throwFailure()
    return this.#assignment
  }

  async commit(): Promise<void> {
    throw new Unsupported("kcat can't be told when to commit")
  }

  pause(): void {
    throw new Unsupported("kcat can't pause a partition")
  }

  resume(): void {
    throw new Unsupported("kcat can't resume a partition")
  }

  async seek(): Promise<void> {
    throw new Unsupported("kcat can't seek in a group")
  }

  async vanish(): Promise<void> {
    this.#leaving = true
    this.#child.kill('SIGKILL')
  }

  async leave(): Promise<void> {
    this.#leaving = true
    await stopKcat(this.#child)
  }

  /** kcat tells each rebalance in a line: "% Group g rebalanced (memberid m): assigned: t [0], t [1]". */
  #hear(text: string): void {
    this.#stderr += text
    const lines = this.#stderr.slice(0, this.#stderr.lastIndexOf('\n') + 1).split('\n')
    const last = lines.findLast(line => line.includes(' rebalanced '))
    if (last === undefined) return
    const assigned = / assigned: (.*)$/.exec(last)?.[1] ?? ''
    this.#assignment = [...assigned.matchAll(/(\S+) \[(\d+)\]/g)]
      .map(([, topic = '', partition]) => ({ topic, partition: Number(partition) }))
      .sort((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition)
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}
