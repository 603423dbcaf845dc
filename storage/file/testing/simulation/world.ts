/**
 * What the parts of the simulation share: the disk, the engine of the life that is under way, the logs as they must be, and the calls that haven't
 * ended.
 */
import { KafkaError } from '../../../../protocol/errors.ts'
import type { Random } from '../../../../protocol/testing/random.ts'
import { DamagedRange, type Engine, LogGone, type LogId } from '../../../engine.ts'
import type { Disk } from '../../disk.ts'
import { SimulatedDisk } from '../simulated-disk/simulated-disk.ts'
import type { ExpectedLog } from './expected-log.ts'

/** The engine broke a promise. */
export class Violation extends Error {}

/** A place for a log: one directory, which logs of several ids have one after another. */
export interface Slot {
  /** Of the directory. */
  readonly name: string
  readonly ids: readonly LogId[]
  log: ExpectedLog | null
  /** A creation or deletion that hasn't ended, or hasn't ended well: `log` may be there or not. */
  unsure: boolean
  /** Such a call is under way. */
  busy: boolean
  /** What is in doubt is a creation. */
  creating: boolean
}

/** How acks are to be understood: `FileEngineOptions.durability`. */
export type Durable = 'os' | 'fsync'

const immediate = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
/** Turns without any work after which a call counts as forgotten. */
const MAX_IDLE_TURNS = 300

/** Everything there is at one moment of a simulation. */
export class World {
  readonly random: Random
  readonly durable: Durable
  readonly disk: SimulatedDisk
  readonly slots: readonly Slot[]
  /** Steps and disk calls of the last lives, for people. */
  readonly lives: { readonly steps: string[]; readonly calls: readonly string[] }[] = []
  nowMs = 1_700_000_000_000
  engine: Engine | null = null
  /** Counts the lives; what began in an earlier one is over. */
  life = 0
  violation: Violation | null = null
  /** Whether the disk has less room or fewer descriptors than are wanted, now. */
  limited = false
  readonly #inFlight = new Set<string>()
  readonly #timers = new Set<{ readonly atMs: number; readonly fire: () => void }>()
  #limits = 0
  #limitsBefore = 0
  #errorsBefore = 0
  #unique = 0

  constructor(random: Random, durable: Durable, slots: readonly Slot[]) {
    this.random = random
    this.durable = durable
    this.slots = slots
    this.disk = new SimulatedDisk(random, () => this.nowMs)
  }

  /** A life begins. Returns its disk. */
  begin(): Disk {
    const disk = this.disk.start()
    this.life++
    this.limited = false
    this.#inFlight.clear()
    this.#timers.clear()
    this.#limitsBefore = this.#limits
    this.#errorsBefore = this.disk.faults.ioErrors
    if (this.lives.length > 1) this.lives.shift()
    this.lives.push({ steps: [], calls: this.disk.trace })
    return disk
  }

  /** A timer of the engine; it ends with its life. */
  after(delayMs: number, fire: () => void): () => void {
    const timer = { atMs: this.nowMs + delayMs, fire }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Lets time pass, and fires what is due. */
  pass(ms: number): void {
    this.nowMs += ms
    for (const timer of [...this.#timers].filter(({ atMs }) => atMs <= this.nowMs)) {
      // An earlier one may have cancelled it.
      if (!this.#timers.delete(timer)) continue
      timer.fire()
    }
  }

  /** Remembers what was done, for people. */
  note(what: string): void {
    this.lives.at(-1)?.steps.push(what)
    this.disk.trace.push(`-- ${what}`)
  }

  /** A number that it never gave before. */
  unique(): number {
    return ++this.#unique
  }

  /** Whether a call has failed with EIO in this life: what needs the medium may fail from then on. */
  get broken(): boolean {
    return this.disk.faults.ioErrors > this.#errorsBefore
  }

  /** Whether the disk has done all that it was asked in this life, and may have been. */
  get flawless(): boolean {
    return !this.broken && this.#limits === this.#limitsBefore && !this.limited
  }

  /** Calls that haven't ended. */
  get underWay(): number {
    return this.#inFlight.size
  }

  /** Limits room and descriptors, or lifts the limits. */
  limit(limited: boolean): void {
    this.limited = limited
    this.#limits++
  }

  /**
   * Begins a call that may take its time. Where it fails without a reason that the disk or a deletion gave, that is a violation. `ended` is told
   * whether it ended well, unless the process died before.
   * @param stays whether the log that it is about is still to be there.
   */
  start(
    what: string,
    stays: () => boolean,
    call: () => Promise<void>,
    ended: (well: boolean) => void = () => {},
  ): void {
    this.note(what)
    const key = `${what} (${this.unique()})`
    const { life } = this
    const limited = this.watchLimits()
    this.#inFlight.add(key)
    const settle = (error: unknown): void => {
      if (!this.isLiving(life)) return
      this.#inFlight.delete(key)
      ended(error === null)
      if (error === null) return
      this.note(`  ${what} failed: ${error instanceof Error ? error.message : error}`)
      const excused = (this.broken || limited()) && isStorageError(error)
      if (excused || error instanceof DamagedRange || (error instanceof LogGone && !stays())) return
      const shown = error instanceof Error ? error.stack : error
      this.violation ??= error instanceof Violation ? error : new Violation(`${what} failed: ${shown}`)
    }
    call().then(() => settle(null), settle)
  }

  /** Whether the disk was limited at any moment from now on. */
  watchLimits(): () => boolean {
    const { limited } = this
    const limits = this.#limits
    return () => limited || this.limited || limits !== this.#limits
  }

  /** Whether the life of that number goes on. */
  isLiving(life: number): boolean {
    return life === this.life && !this.disk.dead
  }

  /** Resolves a little later, as work does that somebody else does. */
  async pause(): Promise<void> {
    for (let turn = this.random.below(4); turn > 0; turn--) await immediate()
  }

  /** Lets other work run: all that is ready, and then up to so many steps of asynchronous disk calls. */
  async turns(count: number): Promise<void> {
    await immediate()
    for (let turn = 0; turn < count && this.disk.turn(); turn++) await immediate()
  }

  /** Lets the disk work until the promise settles; throws as it does, and returns undefined if the process died. */
  async drive<T>(what: string, promise: Promise<T>): Promise<T | undefined> {
    let outcome: { readonly value: T } | { readonly error: unknown } | null = null
    promise.then(
      value => {
        outcome = { value }
      },
      error => {
        outcome = { error }
      },
    )
    await this.#until(what, () => outcome !== null)
    if (this.disk.dead) return undefined
    const settled = outcome as unknown as { readonly value: T } | { readonly error: unknown }
    if ('error' in settled) throw settled.error
    return settled.value
  }

  /** Lets the disk work until no call is under way, nor anything in the background. */
  async idle(): Promise<void> {
    await this.#until('idling', () => this.#inFlight.size === 0)
    for (let idle = 0; idle < 3 && !this.disk.dead; ) {
      await immediate()
      idle = this.disk.turn() ? 0 : idle + 1
    }
  }

  /** Throws the first violation. */
  check(): void {
    if (this.violation !== null) throw this.violation
  }

  async #until(what: string, reached: () => boolean): Promise<void> {
    for (let idle = 0; !reached() && !this.disk.dead; ) {
      await immediate()
      if (this.disk.turn()) idle = 0
      else if (++idle > MAX_IDLE_TURNS)
        throw new Violation(`${what}: the engine waits for nothing, with ${[...this.#inFlight].join(', ')} under way`)
    }
  }
}

const isStorageError = (error: unknown): boolean => error instanceof KafkaError && error.name === 'KAFKA_STORAGE_ERROR'
