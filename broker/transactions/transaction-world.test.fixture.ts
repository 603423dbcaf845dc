/**
 * A transactions machine without a shard: its log is a list, its timers fire when told, its calls are answered when told. For
 * stories and the simulation.
 */
import type { Effect, Now, RequestId } from '../coordinator/machine.ts'
import { type Fired, ToldTime } from '../coordinator/told-time.test.fixture.ts'
import type { MarkersCall, TransactionEvent, TransactionReply } from './transaction-events.ts'
import { type TransactionRecord, transactionRecordCodec } from './transaction-record.ts'
import type { TransactionSettings } from './transaction-settings.ts'
import { TransactionsMachine } from './transactions-machine.ts'

/** What one event led to. */
export interface Step {
  readonly records: readonly TransactionRecord[]
  readonly effects: readonly Effect<TransactionReply>[]
}

/** Settings that a test changes. */
export type MutableSettings = { -readonly [K in keyof TransactionSettings]: TransactionSettings[K] }

/** A call for markers that waits for its answer. */
export interface WaitingCall extends MarkersCall {
  readonly id: RequestId
}

/** The machine, its log, its timers and its calls. */
export class TransactionWorld {
  readonly settings: MutableSettings = {
    maxTimeoutMs: 900_000,
    timeoutCheckIntervalMs: 10_000,
    idExpirationMs: 604_800_000,
    idExpirationCheckIntervalMs: 3_600_000,
    transactionVersion: 2,
  }
  #loads = 1
  #machine = this.#made()
  #lastRequest = 0
  readonly #log: { readonly record: TransactionRecord; readonly timestamp: number }[] = []
  readonly #time = new ToldTime()
  #calls: WaitingCall[] = []

  constructor() {
    this.#keep(this.#machine.onLoaded(this.now))
  }

  /** Ms since the start. */
  get elapsedMs(): number {
    return this.#time.elapsedMs
  }

  get now(): Now {
    return this.#time.now
  }

  /** Calls that wait, in the order in which they were made; those of a machine that is no more included. */
  get calls(): readonly WaitingCall[] {
    return this.#calls
  }

  /** Decides an event; `make` gets the request's id. */
  ask(make: (request: RequestId) => TransactionEvent): Step {
    return this.#decide(make(++this.#lastRequest))
  }

  /** The log has this record, as if it had been decided. */
  place(record: TransactionRecord): void {
    const timestamp = this.now.wall
    const offset = this.#log.push({ record, timestamp }) - 1
    this.#machine.apply(record, { offset, timestamp, producer: null })
  }

  /** The call doesn't wait any more: the machine gets its answer, or it was lost. */
  take(call: WaitingCall): void {
    this.#calls = this.#calls.filter(waiting => waiting !== call)
  }

  /** Time passes up to the next timer that is due within `ms`, which fires; or by all of `ms`, and null. */
  pass(ms: number): (Fired & { readonly step: Step }) | null {
    const fired = this.#time.pass(ms)
    return fired === null ? null : { ...fired, step: this.#decide({ type: 'expired', key: fired.key, at: fired.at }) }
  }

  /** The machine is lost and loaded again: only the log and the calls under way are left. */
  restart(): readonly Effect<TransactionReply>[] {
    this.#loads++
    this.#machine = this.#made()
    this.#time.forget()
    for (const [offset, { record, timestamp }] of this.#log.entries()) {
      const { key, value } = transactionRecordCodec.encode(record)
      this.#machine.apply(transactionRecordCodec.decode(key, value)!, { offset, timestamp, producer: null })
    }
    const effects = this.#machine.onLoaded(this.now)
    this.#keep(effects)
    return effects
  }

  /** The process is lost: its calls, too. */
  crash(): readonly Effect<TransactionReply>[] {
    this.#calls = []
    return this.restart()
  }

  #made(): TransactionsMachine {
    return new TransactionsMachine(this.settings, this.#loads * 1000)
  }

  #decide(event: TransactionEvent): Step {
    const { now } = this
    const { writes, effects } = this.#machine.on(event, now)
    const records = writes.flatMap(write => ('records' in write ? write.records : []))
    for (const record of records) this.place(record)
    this.#keep(effects)
    return { records, effects }
  }

  #keep(effects: readonly Effect<TransactionReply>[]): void {
    this.#time.keep(effects)
    for (const effect of effects)
      if (effect.type === 'call') this.#calls.push({ id: effect.id, ...(effect.request as MarkersCall) })
  }
}
