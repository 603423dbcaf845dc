/** Commits that are under way, and their answers, which name offsets and not calls. */
import type { HistoryWriter } from '../history/history-file.ts'
import { errorText } from './stage.ts'

interface Pending {
  readonly offset: number
  readonly op: number
}

/** What a member's client does with its commits. */
export interface CommitHabits {
  /** An answer to a commit says that those before it were never sent, or that their answers are lost. */
  readonly inOrder: boolean
  /** It sends commits by a timer of its own, and perhaps again. */
  readonly repeats: boolean
}

/** The commits of one member. Each begins when its client may send it from then on. */
export class CommitCalls {
  readonly #history: HistoryWriter
  readonly #group: string
  readonly #habits: CommitHabits
  readonly #pending = new Map<string, Pending[]>()

  constructor(history: HistoryWriter, group: string, habits: CommitHabits) {
    this.#history = history
    this.#group = group
    this.#habits = habits
  }

  /** `offset` is the next to read. */
  begin(partition: string, offset: number): void {
    const call = { do: 'commit', group: this.#group, partition, offset } as const
    const op = this.#history.invoke([this.#habits.repeats ? { ...call, repeats: true } : call])
    const pending = this.#pending.get(partition) ?? []
    pending.push({ offset, op })
    this.#pending.set(partition, pending)
  }

  /** The client was told that `offset` is committed, or why nobody knows. Nothing where no such commit was begun. */
  answer(partition: string, offset: number, error: unknown): void {
    const pending = this.#pending.get(partition) ?? []
    const { inOrder } = this.#habits
    // At the end of a transaction kafkajs commits an offset behind the marker.
    const index = pending.findLastIndex(each => (inOrder ? each.offset <= offset : each.offset === offset))
    if (index < 0) return
    const [answered] = pending.splice(index, 1) as [Pending]
    if (inOrder) {
      for (const { op } of pending.splice(0, index)) this.#history.complete(op, 'info', { error: 'overtaken' })
    }
    if (error) this.#history.complete(answered.op, 'info', { error: errorText(error) })
    else this.#history.complete(answered.op, 'ok', { offset })
  }

  /** The client never sent what was begun last. */
  withdraw(partition: string, error: unknown): void {
    const withdrawn = this.#pending.get(partition)?.pop()
    if (withdrawn !== undefined) this.#history.complete(withdrawn.op, 'fail', { error: errorText(error) })
  }
}
