import type { Decision, Effect, Marker, Now, Producer, RequestId, Write } from '../coordinator/machine.ts'
import type { Deadlines, GroupTimer } from './deadlines.ts'
import type { GroupRecord } from './group-record.ts'
import type { GroupReplies, GroupReply } from './group-replies.ts'
import type { GroupSettings } from './group-settings.ts'

/** One decision in the making: what it writes, answers and sets timers for, in order. */
export class Turn {
  readonly now: Now
  readonly settings: GroupSettings
  readonly #writes: Write<GroupRecord>[] = []
  /** The records that the last of the writes is made of, if more of its kind may join them. */
  #open: { readonly producer: Producer | null; readonly records: GroupRecord[] } | null = null
  readonly effects: Effect<GroupReply>[] = []
  readonly #deadlines: Deadlines

  constructor(now: Now, settings: GroupSettings, deadlines: Deadlines) {
    this.now = now
    this.settings = settings
    this.#deadlines = deadlines
  }

  /** @param producer whose transaction the record belongs to; null: none */
  write(record: GroupRecord, producer: Producer | null = null): void {
    if (this.#open === null || this.#open.producer !== producer) {
      const records: GroupRecord[] = []
      this.#open = { producer, records }
      this.#writes.push(producer === null ? { records } : { records, producer })
    }
    this.#open.records.push(record)
  }

  /** Ends a transaction. */
  mark(marker: Marker): void {
    this.#open = null
    this.#writes.push({ marker })
  }

  /** Answers the request; `type` is that of the event it came with. */
  reply<T extends keyof GroupReplies>(_type: T, to: RequestId, reply: GroupReplies[T]): void {
    this.effects.push({ type: 'reply', to, reply })
  }

  /** Timers that run: nearly the number of members and of those who may become one. */
  get timers(): number {
    return this.#deadlines.size
  }

  /** Sets or moves the timer. */
  wake(timer: GroupTimer, delayMs: number): void {
    const at = this.now.monotonic + delayMs
    this.effects.push({ type: 'wake', key: this.#deadlines.set(timer, at), at })
  }

  /** Stops the timer, if it runs. */
  cancel(timer: GroupTimer): void {
    const key = this.#deadlines.delete(timer)
    if (key !== null) this.effects.push({ type: 'cancel', key })
  }

  decision(): Decision<GroupRecord, GroupReply> {
    return { writes: this.#writes, effects: this.effects }
  }
}
