/**
 * The contract of a coordinator: a pure machine, event in, writes and effects out. `Shard` gives it a log, time and order.
 */

/** Both clocks at the moment of the decision, in ms: `wall` stamps records, `monotonic` measures durations. */
export interface Now {
  readonly wall: number
  readonly monotonic: number
}

/** The request that an event came from; a parked request is a remembered id. */
export type RequestId = number

/** What a coordinator asks of the world. Data, not calls: a test compares it, the Shard performs it. */
export type Effect<Reply> =
  | { readonly type: 'reply'; readonly to: RequestId; readonly reply: Reply }
  /** A timer on the monotonic clock; replaces the one with the same key. Its expiry is an event with the deadline. */
  | { readonly type: 'wake'; readonly key: string; readonly at: number }
  | { readonly type: 'cancel'; readonly key: string }
  /** A request to somebody else (a partition's leader, the controller); the answer comes back as an event. */
  | { readonly type: 'call'; readonly id: RequestId; readonly target: string; readonly request: unknown }

/** The transaction a write belongs to (TxnOffsetCommit), or none. */
export interface Producer {
  readonly id: number
  readonly epoch: number
}

/** The end of a producer's transaction. */
export interface Marker extends Producer {
  readonly committed: boolean
  /** Leader epoch of the transaction coordinator's log. */
  readonly coordinatorEpoch: number
}

/** Durable facts: records of one batch, or an end-of-transaction marker. */
export type Write<Rec> =
  | { readonly records: readonly Rec[]; readonly producer?: Producer }
  | { readonly marker: Marker }

/** What `on` decided: the writes go to the log in order, in one append; then the effects are performed in order. */
export interface Decision<Rec, Reply> {
  readonly writes: readonly Write<Rec>[]
  readonly effects: readonly Effect<Reply>[]
}

/** Where an applied record stands. */
export interface Applied {
  readonly offset: number
  readonly timestamp: number
  readonly producer: Producer | null
}

/** Deterministic: no clock, no random, no I/O, no promise. Time and ids arrive in the event. */
export interface Machine<Event, Rec, Reply> {
  /**
   * Decides. Reads hard state, may change soft state (who waits), returns writes and effects. Its effects are performed
   * when its writes are durable. A throw is a bug.
   */
  on(event: Event, now: Now): Decision<Rec, Reply>
  /** Applies one durable fact: the only way hard state changes, live and on replay. */
  apply(record: Rec, at: Applied): void
  applyMarker(marker: Marker, at: Applied): void
  /** Soft state and timers after a replay. */
  onLoaded(now: Now): readonly Effect<Reply>[]
}
