import type { Decision, Effect, Now, RequestId } from '../coordinator/machine.ts'
import type { MarkersCall, TransactionReplies, TransactionReply } from './transaction-events.ts'
import type { TransactionRecord } from './transaction-record.ts'
import type { TransactionSettings } from './transaction-settings.ts'
import type { Transaction } from './transaction.ts'

/** One decision in the making: what it writes, answers, asks for and sets timers for, in order. */
export class TransactionTurn {
  readonly now: Now
  readonly settings: TransactionSettings
  readonly records: TransactionRecord[] = []
  readonly effects: Effect<TransactionReply>[] = []

  constructor(now: Now, settings: TransactionSettings) {
    this.now = now
    this.settings = settings
  }

  /** The id stands so from now on. */
  write(changed: Omit<Transaction, 'lastUpdateMs'>): Transaction {
    const transaction = { ...changed, lastUpdateMs: this.now.wall }
    // A client of the second version of transactions is served at every level, and its fields need version 1.
    const valueVersion = this.settings.transactionVersion === 0 && transaction.clientVersion < 2 ? 0 : 1
    this.records.push({ transactionalId: transaction.transactionalId, transaction, valueVersion })
    return transaction
  }

  /** The id is no more. */
  forget(transactionalId: string): void {
    this.records.push({ transactionalId, transaction: null, valueVersion: 0 })
  }

  /** Answers the request; `type` is that of the event it came with. */
  reply<T extends keyof TransactionReplies>(_type: T, to: RequestId, reply: TransactionReplies[T]): void {
    this.effects.push({ type: 'reply', to, reply })
  }

  /** Has markers written when what was decided is durable; the answer is an event with the same id. */
  call(id: RequestId, request: MarkersCall): void {
    this.effects.push({ type: 'call', id, target: 'partition leaders', request })
  }

  /** Sets the timer; returns its deadline. */
  wake(key: string, delayMs: number): number {
    const at = this.now.monotonic + delayMs
    this.effects.push({ type: 'wake', key, at })
    return at
  }

  decision(): Decision<TransactionRecord, TransactionReply> {
    return { writes: this.records.length === 0 ? [] : [{ records: this.records }], effects: this.effects }
  }
}
