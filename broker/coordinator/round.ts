import type { KafkaError } from '../../protocol/errors.ts'
import type { Effect, RequestId } from './machine.ts'
import type { StagedWrites } from './staged-writes.ts'

/** An event in a shard's queue, and who waits for it. */
export interface Entry<Event, Reply> {
  readonly id: RequestId
  /** Null: only waits for the machine to be loaded. */
  readonly event: ((id: RequestId) => Event) | null
  /** Whether a `reply` effect answers it; otherwise it is settled when its writes are durable. */
  readonly asks: boolean
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: KafkaError) => void
}

/** What a shard decided together: events, their writes and effects. */
export interface Round<Event, Rec, Reply> {
  readonly entries: readonly Entry<Event, Reply>[]
  readonly writes: StagedWrites<Rec>
  readonly effects: Effect<Reply>[]
  /** A decision threw: the machine is in doubt and loaded again after this round. */
  broken: boolean
}
