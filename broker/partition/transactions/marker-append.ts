/**
 * One end-of-transaction marker, on its way through its partition's append queue.
 */
import type { ErrorName } from '../../../protocol/errors.ts'
import * as batch from '../../../protocol/records/batch.ts'
import { buildMarker } from '../../../protocol/records/control.ts'
import type { TxnMarker } from '../../cluster/peers.ts'
import { appendFailures } from '../append-failures.ts'
import type { AppendFailure, AppendTurn, QueuedAppend } from '../append-queue.ts'
import type { ProduceOwner } from '../produce/produce-append.ts'

/** What a marker says to one partition. */
export type PartitionMarker = Omit<TxnMarker, 'partitions'>

/** How a marker is stamped and how long its replicas may take. */
export interface MarkerOptions {
  /** Wall clock. */
  readonly nowMs: number
  /** Whether the topic's timestamps are the times of appends. */
  readonly appendTime: boolean
  /** How long it waits for the high watermark. */
  readonly timeoutMs: number
}

/** Decides whether the marker may end a transaction here, takes its place, and says what came of it when it is committed. */
export class MarkerAppend implements QueuedAppend {
  readonly #owner: ProduceOwner
  readonly #marker: PartitionMarker
  readonly #options: MarkerOptions
  readonly #done: (outcome: ErrorName) => void
  #refusal: ErrorName | null = null
  #offset = -1

  /** @param done called once, with NONE when the marker is below the high watermark. */
  constructor(
    owner: ProduceOwner,
    marker: PartitionMarker,
    options: MarkerOptions,
    done: (outcome: ErrorName) => void,
  ) {
    this.#owner = owner
    this.#marker = marker
    this.#options = options
    this.#done = done
  }

  decide(turn: AppendTurn): void {
    const { producerId, producerEpoch, coordinatorEpoch, committed } = this.#marker
    this.#refusal = turn.producers.markerError(this.#marker, turn.inTransaction(producerId))
    if (this.#refusal !== null) return
    const { nowMs, appendTime } = this.#options
    const result = committed ? 'commit' : 'abort'
    const bytes = buildMarker({ result, producerId, producerEpoch, coordinatorEpoch, timestamp: nowMs })
    if (appendTime) batch.setMaxTimestamp(bytes, 0, 'LogAppendTime', nowMs)
    this.#offset = turn.end
    batch.stamp(bytes, 0, turn.end, turn.leaderEpoch)
    turn.pendingProducers.marker(producerId, producerEpoch, coordinatorEpoch, nowMs)
    turn.setInTransaction(producerId, false)
    turn.place({ baseOffset: turn.end, lastOffset: turn.end, maxTimestamp: nowMs, bytes })
  }

  appended(): void {
    if (this.#refusal !== null) this.#done(this.#refusal)
    else if (this.#owner.highWatermark > this.#offset) this.#done('NONE')
    else
      this.#owner.whenCommitted(
        this.#offset + 1,
        this.#options.timeoutMs,
        lost => this.#done(lost === null ? 'NONE' : lost.name),
        () => this.#done('REQUEST_TIMED_OUT'),
      )
  }

  failed(failure: AppendFailure): void {
    this.#done(appendFailures[failure][0])
  }
}
