/** The last reads: fresh clients read every partition from its first record to the one that was sent last of all. */
import type { Isolation } from '../history/event.ts'
import type { Stage } from './stage.ts'

/** The value of the last record of a partition (`<topic>-<number>`). */
export function closingValue(partition: string): string {
  return `closing/${partition}`
}

/** All partitions (`<topic>-<number>`) of the stage's topics. */
export function allPartitions(stage: Stage): readonly { readonly topic: string; readonly partition: number }[] {
  return stage.topics.flatMap(({ name, partitions }) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition })),
  )
}

/** Writes down what a final reader gets, and knows when it has everything. */
export class FinalRead {
  readonly #stage: Stage
  readonly #client: string
  readonly #isolation: Isolation
  readonly #open: Set<string>

  constructor(stage: Stage, client: string, isolation: Isolation) {
    this.#stage = stage
    this.#client = client
    this.#isolation = isolation
    this.#open = new Set(allPartitions(stage).map(({ topic, partition }) => `${topic}-${partition}`))
  }

  /** Whether every partition was read to its end. */
  get complete(): boolean {
    return this.#open.size === 0
  }

  /** Records in the order in which they came; what comes behind a partition's last is not looked at. */
  take(records: readonly (readonly [partition: string, offset: number, value: string])[]): void {
    const wanted = records.filter(([partition]) => this.#open.has(partition))
    if (wanted.length === 0) return
    this.#stage.count('read', wanted.length)
    const { history } = this.#stage
    history.note({ do: 'final', client: this.#client, isolation: this.#isolation, records: wanted })
    for (const [partition, offset, value] of wanted) {
      if (value !== closingValue(partition)) continue
      this.#open.delete(partition)
      const end = { client: this.#client, isolation: this.#isolation, partition, offset: offset + 1 }
      history.note({ do: 'final-end', ...end })
    }
  }

  /** What is missing, for a note that the read is stuck. */
  get missing(): string {
    return `${this.#client} at ${this.#isolation} did not come to the end of ${[...this.#open].join(', ')}`
  }
}
