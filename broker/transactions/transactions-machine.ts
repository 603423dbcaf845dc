/**
 * The transactional ids of one partition of `__transaction_state`. Finds the id, and lets the file of the decision decide.
 */
import type { Decision, Effect, Machine, Now, RequestId } from '../coordinator/machine.ts'
import type { Applied } from '../coordinator/machine.ts'
import { addPartitions } from './add-partitions.ts'
import { endTransaction } from './end-transaction.ts'
import { Endings } from './endings.ts'
import { fence } from './fence.ts'
import { initProducer } from './init-producer.ts'
import type { ListedTransaction, TransactionEvent, TransactionReply } from './transaction-events.ts'
import type { TransactionRecord } from './transaction-record.ts'
import type { TransactionSettings } from './transaction-settings.ts'
import { TransactionTurn } from './transaction-turn.ts'
import { isPrepared, type Transaction } from './transaction.ts'

/** Timers of the whole machine. */
const TIMEOUTS = 'timeouts'
const EXPIRY = 'expiry'

/** All transactional ids of one partition. */
export class TransactionsMachine implements Machine<TransactionEvent, TransactionRecord, TransactionReply> {
  readonly #settings: TransactionSettings
  readonly #transactions = new Map<string, Transaction>()
  readonly #open = new Set<string>()
  readonly #endings: Endings
  /** Whether the timer runs that looks for transactions that were open too long. */
  #watching = false

  /** @param calls as of `Endings` */
  constructor(settings: TransactionSettings, calls: RequestId) {
    this.#settings = settings
    this.#endings = new Endings(calls)
  }

  on(event: TransactionEvent, now: Now): Decision<TransactionRecord, TransactionReply> {
    const turn = new TransactionTurn(now, this.#settings)
    this.#decide(turn, event)
    this.#watch(turn)
    return turn.decision()
  }

  apply({ transactionalId, transaction }: TransactionRecord, _at: Applied): void {
    if (transaction === null) this.#transactions.delete(transactionalId)
    else this.#transactions.set(transactionalId, transaction)
    if (transaction?.state === 'Ongoing') this.#open.add(transactionalId)
    else this.#open.delete(transactionalId)
  }

  applyMarker(): void {
    throw new Error('__transaction_state has no transactions of its own')
  }

  onLoaded(now: Now): readonly Effect<TransactionReply>[] {
    const turn = new TransactionTurn(now, this.#settings)
    for (const transaction of this.#transactions.values()) {
      if (isPrepared(transaction.state)) this.#endings.resume(turn, transaction)
    }
    turn.wake(EXPIRY, this.#settings.idExpirationCheckIntervalMs)
    this.#watch(turn)
    return turn.effects
  }

  #decide(turn: TransactionTurn, event: TransactionEvent): void {
    if (event.type === 'expired') return this.#expired(turn, event.key, event.at)
    if (event.type === 'list') return turn.reply('list', event.request, this.#list())
    const known = this.#transactions.get(event.transactionalId)
    switch (event.type) {
      case 'init':
        return initProducer(turn, this.#endings, known, event)
      case 'addPartitions':
        return addPartitions(turn, known, event)
      case 'end':
        return endTransaction(turn, this.#endings, known, event)
      case 'markers':
        return this.#endings.answered(turn, known, event)
      case 'describe':
        return turn.reply('describe', event.request, known ?? null)
    }
  }

  #expired(turn: TransactionTurn, key: string, at: number): void {
    if (key === TIMEOUTS) return this.#abortTimedOut(turn)
    if (key === EXPIRY) return this.#forgetIdle(turn)
    const transactionalId = this.#endings.timerOf(key)
    if (transactionalId !== null) this.#endings.retry(turn, this.#transactions.get(transactionalId), at)
  }

  /** Aborts the transactions that were open for longer than their producers allowed. */
  #abortTimedOut(turn: TransactionTurn): void {
    this.#watching = false
    for (const transactionalId of this.#open) {
      const open = this.#transactions.get(transactionalId)!
      if (open.startMs + open.timeoutMs < turn.now.wall) fence(turn, this.#endings, open, open.producerEpoch)
    }
  }

  /** Forgets the ids that nobody has used for long. */
  #forgetIdle(turn: TransactionTurn): void {
    const before = turn.now.wall - this.#settings.idExpirationMs
    for (const { transactionalId, state, lastUpdateMs } of this.#transactions.values()) {
      if (state !== 'Ongoing' && !isPrepared(state) && lastUpdateMs <= before) turn.forget(transactionalId)
    }
    turn.wake(EXPIRY, this.#settings.idExpirationCheckIntervalMs)
  }

  /** While transactions are open, they are looked at from time to time. */
  #watch(turn: TransactionTurn): void {
    const opens = turn.records.some(({ transaction }) => transaction?.state === 'Ongoing')
    if (this.#watching || (this.#open.size === 0 && !opens)) return
    this.#watching = true
    turn.wake(TIMEOUTS, this.#settings.timeoutCheckIntervalMs)
  }

  #list(): ListedTransaction[] {
    return Array.from(this.#transactions.values(), ({ transactionalId, producerId, state, startMs }) => ({
      ...{ transactionalId, producerId, state, startMs },
    }))
  }
}
