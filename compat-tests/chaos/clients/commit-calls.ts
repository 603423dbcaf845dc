/** Commits that are under way, and their answers, which name offsets and not calls. */
import type { HistoryWriter } from '../history/history-file.ts'
import { errorText } from './stage.ts'

interface Pending {
  readonly offset: number
  readonly op: number
}

/** The commits of one member. Each begins when its client may send it from then on. */
export class CommitCalls {
  readonly #history: HistoryWriter
  readonly #group: string
  readonly #overtaken: 'fail' | 'info'
  readonly #pending = new Map<string, Pending[]>()

  /** @param overtaken what became of a commit when a later one of the same partition has been answered and it was not: `fail`
   *  where the client answers each that it sent, in order */
  constructor(history: HistoryWriter, group: string, overtaken: 'fail' | 'info') {
    this.#history = history
    this.#group = group
    this.#overtaken = overtaken
  }

  /** `offset` is the next to read. */
  begin(partition: string, offset: number): void {
    const op = this.#history.invoke([{ do: 'commit', group: this.#group, partition, offset }])
    const pending = this.#pending.get(partition) ?? []
    pending.push({ offset, op })
    this.#pending.set(partition, pending)
  }

  /** The client was told that `offset` is committed, or why nobody knows. Nothing where no commit up to there was begun. */
  answer(partition: string, offset: number, error: unknown): void {
    const pending = this.#pending.get(partition) ?? []
    const index = pending.findLastIndex(each => each.offset <= offset)
    const answered = pending[index]
    if (answered === undefined) return
    for (const { op } of pending.splice(0, index + 1).slice(0, -1)) {
      this.#history.complete(op, this.#overtaken, { error: 'overtaken by a later commit' })
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
