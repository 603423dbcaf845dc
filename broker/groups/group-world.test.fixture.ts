/** A groups machine without a shard: its log is a list, its timers fire when told. For stories and the simulation. */
import type { Effect, Marker, Now, Producer, RequestId, Write } from '../coordinator/machine.ts'
import { type Fired, ToldTime } from '../coordinator/told-time.test.fixture.ts'
import type { GroupEvent } from './group-events.ts'
import { type GroupRecord, groupRecordCodec } from './group-record.ts'
import type { GroupReply } from './group-replies.ts'
import type { GroupSettings } from './group-settings.ts'
import { GroupsMachine } from './groups-machine.ts'

/** What one event led to. */
export interface Step {
  readonly writes: readonly Write<GroupRecord>[]
  readonly effects: readonly Effect<GroupReply>[]
}

type Logged = { readonly timestamp: number } & (
  | { readonly record: GroupRecord; readonly producer: Producer | null }
  | { readonly marker: Marker }
)

/** Settings that a test changes. */
export type MutableSettings = { -readonly [K in keyof GroupSettings]: GroupSettings[K] }

/** The machine, its log and its timers. */
export class GroupWorld {
  readonly settings: MutableSettings = {
    initialRebalanceDelayMs: 0,
    minSessionTimeoutMs: 6000,
    maxSessionTimeoutMs: 1_800_000,
    maxSize: 2_147_483_647,
    offsetMetadataMaxSize: 4096,
    offsetsRetentionMs: 7 * 24 * 3600 * 1000,
    offsetsRetentionCheckIntervalMs: 600_000,
    producerIdExpirationMs: 24 * 3600 * 1000,
  }
  #machine = new GroupsMachine(this.settings)
  #lastRequest = 0
  readonly #log: Logged[] = []
  readonly #time = new ToldTime()

  /** Ms since the start. */
  get elapsedMs(): number {
    return this.#time.elapsedMs
  }

  get now(): Now {
    return this.#time.now
  }

  /** Decides an event; `make` gets the request's id. */
  ask(make: (request: RequestId) => GroupEvent): Step {
    return this.#decide(make(++this.#lastRequest))
  }

  get lastRequest(): RequestId {
    return this.#lastRequest
  }

  /** Time passes up to the next timer that is due within `ms`, which fires; or by all of `ms`, and null. */
  pass(ms: number): (Fired & { readonly step: Step }) | null {
    const fired = this.#time.pass(ms)
    return fired === null ? null : { ...fired, step: this.#decide({ type: 'expired', key: fired.key, at: fired.at }) }
  }

  /** The broker dies and comes back: only the log is left. */
  restart(): readonly Effect<GroupReply>[] {
    this.#machine = new GroupsMachine(this.settings)
    this.#time.forget()
    for (const [offset, logged] of this.#log.entries()) this.#apply(logged, offset)
    const effects = this.#machine.onLoaded(this.now)
    this.#time.keep(effects)
    return effects
  }

  #decide(event: GroupEvent): Step {
    const { now } = this
    const { writes, effects } = this.#machine.on(event, now)
    for (const write of writes) {
      if ('marker' in write) this.#append({ marker: write.marker, timestamp: now.wall })
      else
        for (const record of write.records)
          this.#append({ record, producer: write.producer ?? null, timestamp: now.wall })
    }
    this.#time.keep(effects)
    return { writes, effects }
  }

  #append(logged: Logged): void {
    this.#log.push(logged)
    this.#apply(logged, this.#log.length - 1)
  }

  /** What the log keeps of a record is its stored form. */
  #apply(logged: Logged, offset: number): void {
    const { timestamp } = logged
    if ('marker' in logged) {
      this.#machine.applyMarker(logged.marker, { offset, timestamp, producer: logged.marker })
      return
    }
    const { key, value } = groupRecordCodec.encode(logged.record)
    this.#machine.apply(groupRecordCodec.decode(key, value)!, { offset, timestamp, producer: logged.producer })
  }
}
