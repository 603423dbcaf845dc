/**
 * Runs one machine over one log: the only place where a coordinator meets time, storage and concurrency. Events queue;
 * all that are queued are decided against memory, made durable by one append at the expected end, and then answered.
 * Memory that ran ahead of an append that failed is thrown away and replayed.
 */
import { KafkaError } from '../../protocol/errors.ts'
import type { Appended, DamagedRange } from '../../storage/engine.ts'
import type { Effect, Machine, Now, RequestId } from './machine.ts'
import { replay } from './replay.ts'
import type { Entry, Round } from './round.ts'
import { type Call, defaultFailure, MAX_BATCH_BYTES, type ShardFailure, type ShardOptions } from './shard-options.ts'
import { ShardTimers } from './shard-timers.ts'
import { StagedWrites } from './staged-writes.ts'

/** Conflicts in a row, each with a reload, until the requests that met them are answered. */
const MAX_CONFLICTS = 5

/**
 * A coordinator's shard. It loads when it is first used. Its queue is bounded by what the connections may have in work.
 */
export class Shard<Event, Rec, Reply> {
  readonly #options: ShardOptions<Event, Rec, Reply>
  readonly #timers: ShardTimers
  readonly #parked = new Map<RequestId, Entry<Event, Reply>>()
  /** Where damage begins that was told of. */
  readonly #told = new Set<number>()
  #machine: Machine<Event, Rec, Reply> | null = null
  #queue: Entry<Event, Reply>[] = []
  #end = 0
  #lastId = 0
  #conflicts = 0
  #draining = false
  /** The machine was thrown away while it may have had timers: it is loaded again even if nobody asks. */
  #reload = false
  #drained: Promise<void> | null = null
  #closed: KafkaError | null = null

  constructor(options: ShardOptions<Event, Rec, Reply>) {
    this.#options = options
    this.#timers = new ShardTimers(options.clock, (key, at) => {
      this.tell(options.expired(key, at)).catch(() => {}) // a reload sets the timers that still matter
    })
  }

  /**
   * Decides the event of a request; resolves to its reply when the records that justify it are durable. Rejects with a
   * KafkaError: `failure`'s when the append failed, UNKNOWN_SERVER_ERROR when the decision threw, `close`'s.
   */
  send(event: (id: RequestId) => Event): Promise<Reply> {
    return new Promise((resolve, reject) => this.#enqueue(event, true, resolve, reject))
  }

  /** Decides an event that nobody is answered for; resolves when its writes are durable. Rejects as `send`. */
  tell(event: Event): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#enqueue(
        () => event,
        false,
        () => resolve(),
        reject,
      ),
    )
  }

  /** Resolves when the machine is loaded; rejects with a KafkaError when that failed (the next use tries again). */
  load(): Promise<void> {
    return new Promise((resolve, reject) => this.#enqueue(null, false, () => resolve(), reject))
  }

  /** The machine as its log made it, for reads that may see what isn't durable yet; null while it isn't loaded. */
  get machine(): Machine<Event, Rec, Reply> | null {
    return this.#machine
  }

  /** Answers all that wait, and all that still come, with `error`; resolves when nothing is being appended any more. */
  async close(error: KafkaError): Promise<void> {
    this.#closed ??= error
    this.#reload = false
    this.#timers.clear()
    this.#answerAll(this.#queue.splice(0), this.#closed)
    this.#answerAll(this.#parked.values(), this.#closed)
    this.#parked.clear()
    await this.#drained
  }

  #enqueue(
    event: Entry<Event, Reply>['event'],
    asks: boolean,
    resolve: (reply: Reply) => void,
    reject: (error: KafkaError) => void,
  ): void {
    if (this.#closed !== null) {
      reject(this.#closed)
      return
    }
    this.#queue.push({ id: ++this.#lastId, event, asks, resolve, reject })
    if (!this.#draining) this.#drained = this.#drain()
  }

  async #drain(): Promise<void> {
    this.#draining = true
    while (this.#queue.length > 0 || this.#reload) {
      this.#reload = false
      if (this.#machine === null && !(await this.#loaded())) break
      const round = this.#decide(this.#machine!)
      if (!round.writes.empty) await this.#commit(round)
      else this.#perform(round)
      if (round.broken) this.#unload([])
    }
    this.#draining = false
  }

  /** Decides what is queued, up to the first decision that throws. */
  #decide(machine: Machine<Event, Rec, Reply>): Round<Event, Rec, Reply> {
    const { clock, codec, maxBatchBytes = MAX_BATCH_BYTES } = this.#options
    const now: Now = { wall: clock.now(), monotonic: clock.monotonic() }
    const queue = this.#queue
    this.#queue = []
    const writes = new StagedWrites(codec, this.#end, now.wall, maxBatchBytes)
    const entries: Entry<Event, Reply>[] = []
    const round = { entries, writes, effects: [] as Effect<Reply>[], broken: false }
    for (const [index, entry] of queue.entries()) {
      try {
        if (entry.event !== null) {
          if (entry.asks) this.#parked.set(entry.id, entry)
          const decision = machine.on(entry.event(entry.id), now)
          writes.stage(decision.writes, machine)
          round.effects.push(...decision.effects)
        }
        entries.push(entry)
      } catch (error) {
        this.#options.logger.error({ err: error, shard: this.#options.name }, 'a decision threw')
        this.#parked.delete(entry.id)
        entry.reject(new KafkaError('UNKNOWN_SERVER_ERROR'))
        this.#queue = queue.slice(index + 1)
        round.broken = true
        break
      }
    }
    return round
  }

  async #commit(round: Round<Event, Rec, Reply>): Promise<void> {
    const outcome = await this.#appended(round.writes)
    if (this.#closed !== null) {
      this.#answerAll(round.entries, this.#closed)
    } else if (outcome.ok) {
      this.#end = outcome.end
      this.#conflicts = 0
      this.#perform(round)
    } else if (outcome.reason === 'conflict') {
      await this.#conflicted(round)
    } else {
      this.#unload(round.entries)
      this.#answerAll(round.entries, this.#failure(outcome.reason))
    }
  }

  async #appended(writes: StagedWrites<Rec>): Promise<Appended | { readonly ok: false; readonly reason: 'unknown' }> {
    const { log, logger, name } = this.#options
    try {
      return await log.append(writes.batches(), this.#end)
    } catch (error) {
      logger.warn({ err: error, shard: name }, 'the outcome of an append is unknown')
      return { ok: false, reason: 'unknown' }
    }
  }

  /** Nothing was written: decide again on what was missed, if the log is still this broker's. */
  async #conflicted(round: Round<Event, Rec, Reply>): Promise<void> {
    this.#unload(round.entries)
    const owner = await (this.#options.isOwner?.() ?? true)
    if (this.#closed !== null) {
      this.#answerAll(round.entries, this.#closed)
    } else if (!owner) {
      this.#reload = false
      this.#answerAll([...round.entries, ...this.#queue.splice(0)], this.#failure('lost'))
    } else if (++this.#conflicts < MAX_CONFLICTS) {
      this.#queue = [...round.entries, ...this.#queue]
    } else {
      this.#answerAll(round.entries, this.#failure('unknown'))
    }
  }

  #perform(round: Round<Event, Rec, Reply>): void {
    this.#effects(round.effects)
    for (const entry of round.entries) if (!entry.asks) entry.resolve(undefined as Reply)
  }

  #effects(effects: readonly Effect<Reply>[]): void {
    for (const effect of effects) {
      if (effect.type === 'reply') {
        this.#parked.get(effect.to)?.resolve(effect.reply)
        this.#parked.delete(effect.to)
      } else if (effect.type === 'wake') {
        this.#timers.set(effect.key, effect.at)
      } else if (effect.type === 'cancel') {
        this.#timers.cancel(effect.key)
      } else {
        this.#called(effect)
      }
    }
  }

  async #called(call: Call): Promise<void> {
    try {
      if (this.#options.call === undefined) throw new Error(`nobody performs calls to ${call.target}`)
      const answer = await this.#options.call(call)
      await this.tell(answer)
    } catch (error) {
      if (!(error instanceof KafkaError))
        this.#options.logger.error({ err: error, shard: this.#options.name }, 'a call failed without an answer')
    }
  }

  /** Replays the log into a new machine. False, with all that waited answered, if it can't be read. */
  async #loaded(): Promise<boolean> {
    const { log, clock, codec, logger, name } = this.#options
    const machine = this.#options.make()
    try {
      this.#end = await replay(log, codec, machine, this.#passed)
      if (this.#closed !== null) return false
      const effects = machine.onLoaded({ wall: clock.now(), monotonic: clock.monotonic() })
      this.#machine = machine
      this.#effects(effects)
      return true
    } catch (error) {
      logger.error({ err: error, shard: name }, 'loading failed')
      this.#answerAll(this.#queue.splice(0), this.#failure('failed'))
      return false
    }
  }

  readonly #passed = (range: DamagedRange): void => {
    if (this.#told.has(range.from)) return
    this.#told.add(range.from)
    const { logger, name } = this.#options
    logger.warn({ shard: name, damage: range.detail }, 'what a damaged part of the log said is not known any more')
  }

  /** Forgets the machine; requests that it had parked, other than `kept`, are told to look for the coordinator again. */
  #unload(kept: readonly Entry<Event, Reply>[]): void {
    this.#machine = null
    this.#reload = this.#closed === null
    this.#timers.clear()
    for (const entry of kept) this.#parked.delete(entry.id)
    const parked = [...this.#parked.values()]
    this.#parked.clear()
    this.#answerAll(parked, this.#failure('lost'))
  }

  #failure(failure: ShardFailure): KafkaError {
    return (this.#options.failure ?? defaultFailure)(failure)
  }

  #answerAll(entries: Iterable<Entry<Event, Reply>>, error: KafkaError): void {
    for (const entry of entries) entry.reject(error)
  }
}
