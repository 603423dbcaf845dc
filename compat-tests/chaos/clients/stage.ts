/** What a role works with in its process. */
import { setTimeout as delay } from 'node:timers/promises'
import { HistoryWriter } from '../history/history-file.ts'
import { SeededRandom } from '../seeded-random.ts'
import type { Counts, Part, Topic, Use } from './part.ts'

/** At most so many different errors of one process go into the history. */
const maxErrorCount = 50

/** A role's view of its process: the part it plays, the history it writes, and whether it is to finish. */
export class Stage {
  readonly part: Part
  readonly history: HistoryWriter
  readonly random: SeededRandom
  readonly #finish = new AbortController()
  readonly #errors = new Set<string>()
  #topics: readonly Topic[]
  #counts: Counts = { sent: 0, acked: 0, read: 0 }

  constructor(part: Part) {
    this.part = part
    this.history = new HistoryWriter(part.historyFile, part.by)
    this.random = new SeededRandom(part.seed)
    this.#topics = part.topics
  }

  /** Whether the role is to come to an end. */
  get finishing(): boolean {
    return this.#finish.signal.aborted
  }

  /** Aborted when the role is to come to an end. */
  get finishSignal(): AbortSignal {
    return this.#finish.signal
  }

  /** As they are now: they grow. */
  get topics(): readonly Topic[] {
    return this.#topics
  }

  set topics(topics: readonly Topic[]) {
    this.#topics = topics
  }

  finish(): void {
    this.#finish.abort()
  }

  /** The topics of one use. */
  topicsFor(use: Use): readonly Topic[] {
    return this.#topics.filter(topic => topic.use === use)
  }

  /** Any partition of any topic, or of those of one use. */
  anyPartition(use?: Use): { readonly topic: string; readonly partition: number } {
    const { name, partitions } = this.random.pick(use === undefined ? this.#topics : this.topicsFor(use))
    return { topic: name, partition: this.random.between(0, partitions) }
  }

  /** Waits for a time, or until the role is to finish. */
  async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.finishSignal }).catch(() => undefined)
  }

  /** A producer's rest between two sends: a time from `fromMs` on and below `belowMs`, longer in a long run. */
  async rest(fromMs: number, belowMs: number): Promise<void> {
    await this.pause(this.random.between(fromMs, belowMs) * this.part.slowness)
  }

  /** Writes an error that belongs to no call into the history, each text once. */
  noteError(error: unknown): void {
    const text = errorText(error)
    if (this.#errors.has(text) || this.#errors.size >= maxErrorCount) return
    this.#errors.add(text)
    this.history.note({ do: 'error', error: text })
  }

  count(what: keyof Counts, by = 1): void {
    this.#counts = { ...this.#counts, [what]: this.#counts[what] + by }
  }

  /** What was counted since the last call. */
  takeCounts(): Counts {
    const counts = this.#counts
    this.#counts = { sent: 0, acked: 0, read: 0 }
    return counts
  }
}

/** An error of kafkajs, librdkafka or JavaScript in one line. */
export function errorText(error: unknown): string {
  const { message, code, type, name } = (error ?? {}) as {
    message?: string
    code?: unknown
    type?: string
    name?: string
  }
  const label = [type ?? name, code].filter(each => each !== undefined && each !== 'Error').join(' ')
  return `${label === '' ? '' : `${label}: `}${message ?? String(error)}`.slice(0, 500)
}
