/**
 * The appends of one partition, in the order they came: decided against the folds, placed at the log's end, and given to
 * the engine once a turn. Nothing is decided while an append is under way, so a decision always stands on what the log holds.
 */
import type { AppendRequest, Appended, Batch, Log } from '../../storage/engine.ts'
import type { Appender, Appending } from './appender.ts'
import { ProducerState } from './folds/producer-state.ts'
import type { TransactionState } from './folds/transaction-state.ts'

/** Why a queued append came to nothing; `unknown` is the one where it may be in the log all the same. */
export type AppendFailure = Exclude<Appended, { ok: true }>['reason'] | 'unknown' | 'closed'

/** One append that waits for its turn. */
export interface QueuedAppend {
  /** Decides, again after a conflict: places its batches, or remembers why not. */
  decide(turn: AppendTurn): void
  /** All that the turn placed is in the log. */
  appended(): void
  /** Nothing of what the turn placed is in the log (but see `unknown`). Not called for `closed` after `appended`. */
  failed(failure: AppendFailure): void
}

/** What the queue needs of its partition. */
export interface AppendOwner {
  readonly log: Log
  readonly leaderEpoch: number
  readonly producers: ProducerState
  readonly transactions: TransactionState
  /** The log's end as the folds have it. */
  readonly end: number
  /** Follows batches that are in the log now; the folds, bounds and readers move. */
  follow(batches: readonly Batch[]): void
  /** Reads what others appended; the folds, bounds and readers move. */
  catchUp(): Promise<void>
}

/** The decisions of one turn, each seeing those before it. */
export class AppendTurn {
  readonly batches: Batch[] = []
  readonly leaderEpoch: number
  readonly #base: ProducerState
  readonly #transactions: TransactionState
  #producers: ProducerState | null = null
  /** Of producers whose transaction the turn begins or ends: whether it is open then. */
  #open: Map<number, boolean> | null = null
  #end: number

  constructor(owner: AppendOwner) {
    this.leaderEpoch = owner.leaderEpoch
    this.#base = owner.producers
    this.#transactions = owner.transactions
    this.#end = owner.end
  }

  /** Where the next batch goes. */
  get end(): number {
    return this.#end
  }

  /** Producers as they are once the turn's batches are in the log. */
  get producers(): ProducerState {
    return this.#producers ?? this.#base
  }

  /** To remember a producer's batch for the decisions that follow: lost if the turn fails. */
  get pendingProducers(): ProducerState {
    this.#producers ??= new ProducerState(this.#base)
    return this.#producers
  }

  /** Whether any producer has an open transaction, as far as needs looking at. */
  get anyOpen(): boolean {
    return this.#open !== null || this.#transactions.openCount > 0
  }

  /** Whether the producer's transaction is open once the turn's batches are in the log. */
  inTransaction(producerId: number): boolean {
    return this.#open?.get(producerId) ?? this.#transactions.openedAt(producerId) >= 0
  }

  /** Whether the turn has begun or ended a transaction of the producer. */
  touched(producerId: number): boolean {
    return this.#open?.has(producerId) ?? false
  }

  /** The turn begins, goes on with or ends the producer's transaction. */
  setInTransaction(producerId: number, open: boolean): void {
    this.#open ??= new Map()
    this.#open.set(producerId, open)
  }

  place(placed: Batch): void {
    this.batches.push(placed)
    this.#end = placed.lastOffset + 1
  }
}

/** With so many conflicts in a row somebody else leads the log. */
const MAX_CONFLICTS = 5

/** The appends of one partition. After too many lost races they fail. */
export class AppendQueue implements Appending {
  readonly #owner: AppendOwner
  readonly #appender: Appender
  #waiting: QueuedAppend[] = []
  #underWay: QueuedAppend[] = []
  #turn: AppendTurn | null = null
  #scheduled = false
  #closed: AppendFailure | null = null
  #conflicts = 0

  constructor(owner: AppendOwner, appender: Appender) {
    this.#owner = owner
    this.#appender = appender
  }

  /** Others appended: learns what, before anything more is decided. What is under way finds out by itself. */
  catchUp(): void {
    if (this.#scheduled || this.#closed !== null) return
    this.#scheduled = true
    this.#learn()
  }

  push(append: QueuedAppend): void {
    if (this.#closed !== null) {
      append.failed(this.#closed)
      return
    }
    this.#waiting.push(append)
    this.#schedule()
  }

  /** Refuses all that waits and all that comes. What is under way ends as it does. */
  close(failure: AppendFailure): void {
    this.#closed = failure
    const waiting = this.#waiting
    this.#waiting = []
    for (const append of waiting) append.failed(failure)
  }

  takeTurn(): AppendRequest | null {
    const turn = new AppendTurn(this.#owner)
    this.#turn = turn
    this.#underWay = this.#waiting
    this.#waiting = []
    const expectedEnd = turn.end
    for (const append of this.#underWay) append.decide(turn)
    if (turn.batches.length > 0) return { log: this.#owner.log, batches: turn.batches, expectedEnd }
    this.#answer()
    return null
  }

  settle(outcome: Appended): void {
    if (outcome.ok) {
      this.#conflicts = 0
      this.#owner.follow(this.#turn!.batches)
      this.#answer()
    } else if (outcome.reason === 'conflict' && this.#conflicts < MAX_CONFLICTS) {
      this.#conflicts++
      this.#waiting = [...this.#underWay, ...this.#waiting]
      this.#underWay = []
      this.#learn()
    } else {
      this.#conflicts = 0
      this.#fail(outcome.reason)
    }
  }

  settleUnknown(): void {
    const failed = this.#underWay
    this.#underWay = []
    this.#learn(() => {
      for (const append of failed) append.failed('unknown')
    })
  }

  #answer(): void {
    const done = this.#underWay
    this.#underWay = []
    this.#turn = null
    for (const append of done) append.appended()
    this.#next()
  }

  #fail(failure: AppendFailure): void {
    const failed = this.#underWay
    this.#underWay = []
    this.#turn = null
    for (const append of failed) append.failed(failure)
    this.#next()
  }

  /** Learns what the log holds; then decides what waits. */
  #learn(then: () => void = () => {}): void {
    this.#turn = null
    this.#owner.catchUp().then(
      () => {
        then()
        this.#next()
      },
      () => {
        then()
        this.close('failed')
        this.#next()
      },
    )
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#appender.enqueue(this)
  }

  #next(): void {
    this.#scheduled = false
    if (this.#waiting.length > 0) this.#schedule()
  }
}
