import type { Logger } from 'pino'
import { KafkaError } from '../../protocol/errors.ts'
import type { Clock } from '../clock.ts'
import type { Effect, Machine } from './machine.ts'
import type { RecordCodec } from './record-codec.ts'
import type { ShardLog } from './shard-log.ts'

/** How an append can end without a place in the log. `lost`: somebody else owns it; `unknown`: the outcome isn't known. */
export type ShardFailure = 'lost' | 'full' | 'failed' | 'gone' | 'unknown'

/** A request to somebody else, as the machine asked for it. */
export type Call = Extract<Effect<never>, { type: 'call' }>

/** What a shard runs, on what, and whom it asks. */
export interface ShardOptions<Event, Rec, Reply> {
  /** For logs: what the shard is of. */
  readonly name: string
  readonly log: ShardLog
  /** A machine in its first state. Called for each load. */
  make(): Machine<Event, Rec, Reply>
  readonly codec: RecordCodec<Rec>
  readonly clock: Clock
  readonly logger: Pick<Logger, 'error' | 'warn'>
  /** The event of a timer's expiry: its key, and the deadline that the machine gave it (monotonic ms). */
  expired(key: string, at: number): Event
  /** A batch isn't filled beyond this; a record that alone is larger makes a batch of its own. Default 1 MiB. */
  readonly maxBatchBytes?: number
  /** After a conflict: is this broker still the one that may append? Default: always. */
  isOwner?(): boolean | Promise<boolean>
  /** Performs `call` effects; resolves to the event that carries the answer, failures included. */
  call?(call: Call): Promise<Event>
  /** What a request is told. Default: NOT_COORDINATOR when lost or gone, COORDINATOR_NOT_AVAILABLE otherwise. */
  failure?(failure: ShardFailure): KafkaError
}

/** The default of `maxBatchBytes`. */
export const MAX_BATCH_BYTES = 1024 * 1024

/** The default of `failure`. */
export const defaultFailure = (failure: ShardFailure): KafkaError =>
  new KafkaError(failure === 'lost' || failure === 'gone' ? 'NOT_COORDINATOR' : 'COORDINATOR_NOT_AVAILABLE')
