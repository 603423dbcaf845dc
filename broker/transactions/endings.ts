/**
 * The way from a durable decision to the end: markers to all partitions of the transaction, asked for again until each has
 * its own, and then the record that says so.
 */
import type { TopicPartition } from '../cluster/peers.ts'
import type { RequestId } from '../coordinator/machine.ts'
import type { MarkersEvent } from './transaction-events.ts'
import type { TransactionTurn } from './transaction-turn.ts'
import { listed, NONE, type Transaction } from './transaction.ts'

/** Until markers that couldn't be written are asked for again: doubles from the first to the second. */
const RETRY_MS = 20
const MAX_RETRY_MS = 1000

/** Of one transaction, from its prepare record to its complete record. */
interface Ending {
  /** The call under way, null between two. */
  call: RequestId | null
  /** Partitions without their marker. */
  left: readonly TopicPartition[]
  failures: number
  /** The deadline of the timer for the next call. */
  retryAt: number
}

const PREFIX = 'markers '

/** Transactions that are being ended, by transactional id. Soft: after a load all their markers are asked for again. */
export class Endings {
  readonly #endings = new Map<string, Ending>()
  #lastCall: RequestId

  /** @param calls ids of calls begin above; those of one log's machines must never meet, as late answers could */
  constructor(calls: RequestId) {
    this.#lastCall = calls
  }

  /** Transactions that are being ended. */
  get size(): number {
    return this.#endings.size
  }

  /** The transaction's decision is written with this turn. */
  begin(turn: TransactionTurn, transaction: Transaction): void {
    if (transaction.partitions.size === 0) complete(turn, transaction)
    else this.resume(turn, transaction)
  }

  /** The transaction's decision is in the log. Writes nothing. */
  resume(turn: TransactionTurn, transaction: Transaction): void {
    const left = listed(transaction.partitions)
    const ending: Ending = { call: null, left, failures: 0, retryAt: NONE }
    this.#endings.set(transaction.transactionalId, ending)
    this.#ask(turn, transaction, ending)
  }

  /** Markers were written, or not: the transaction is complete, or the rest is asked for later. */
  answered(turn: TransactionTurn, transaction: Transaction | undefined, event: MarkersEvent): void {
    const ending = this.#endings.get(event.transactionalId)
    if (transaction === undefined || ending === undefined || ending.call !== event.call) return
    ending.call = null
    ending.left = ending.left.filter((_, index) => (event.outcomes[index] ?? 'again') === 'again')
    if (ending.left.length === 0) {
      this.#endings.delete(event.transactionalId)
      complete(turn, transaction)
      return
    }
    const delayMs = Math.min(RETRY_MS * 2 ** ending.failures, MAX_RETRY_MS)
    ending.failures++
    ending.retryAt = turn.wake(PREFIX + event.transactionalId, delayMs)
  }

  /** The transactional id that the timer is for, null for a timer of something else. */
  timerOf(key: string): string | null {
    return key.startsWith(PREFIX) ? key.slice(PREFIX.length) : null
  }

  /** The timer of the next call fired. */
  retry(turn: TransactionTurn, transaction: Transaction | undefined, at: number): void {
    if (transaction === undefined) return
    const ending = this.#endings.get(transaction.transactionalId)
    if (ending !== undefined && ending.call === null && ending.retryAt === at) this.#ask(turn, transaction, ending)
  }

  #ask(turn: TransactionTurn, transaction: Transaction, ending: Ending): void {
    const { transactionalId, producerId, producerEpoch, state, clientVersion } = transaction
    ending.call = ++this.#lastCall
    const committed = state === 'PrepareCommit'
    const marker = { producerId, producerEpoch, committed, transactionVersion: clientVersion, partitions: ending.left }
    turn.call(ending.call, { transactionalId, marker })
  }
}

/** All markers are durable. A producer id whose epochs are used up gives way to the next one here. */
const complete = (turn: TransactionTurn, transaction: Transaction): void => {
  const { nextProducerId, producerId } = transaction
  const next =
    nextProducerId === NONE
      ? {}
      : { producerId: nextProducerId, previousProducerId: producerId, nextProducerId: NONE, producerEpoch: 0 }
  turn.write({
    ...transaction,
    ...next,
    state: transaction.state === 'PrepareCommit' ? 'CompleteCommit' : 'CompleteAbort',
    partitions: new Map(),
  })
}
