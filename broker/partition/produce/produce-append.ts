/**
 * One Produce to one partition, on its way through the partition's append queue.
 */
import * as batch from '../../../protocol/records/batch.ts'
import { KafkaError } from '../../../protocol/errors.ts'
import type { AppendCaller, AppendOptions, AppendOutcome, Appended } from './append-outcome.ts'
import { appendFailures } from '../append-failures.ts'
import type { AppendFailure, AppendTurn, QueuedAppend } from '../append-queue.ts'
import type { Verifications } from '../folds/verifications.ts'
import { checkBeginning, checkOutside, type Verified } from './transaction-checks.ts'

/** What a Produce's append needs of its partition. */
export interface ProduceOwner {
  readonly logStartOffset: number
  readonly highWatermark: number
  /** Of transactions that are about to begin. */
  readonly verifications: Verifications
  /** Calls `reached` once when the high watermark is at `offset` or the partition is lost, `late` if that takes longer than `timeoutMs`. */
  whenCommitted(offset: number, timeoutMs: number, reached: (lost: KafkaError | null) => void, late: () => void): void
}

/** Decides the sequence, takes its place, and tells its caller. */
export class ProduceAppend implements QueuedAppend {
  readonly #owner: ProduceOwner
  readonly #records: Buffer
  readonly #options: AppendOptions
  readonly #caller: AppendCaller
  readonly #slot: number
  readonly #verified: Verified
  /** LogAppendTime that the records were stamped with, −1 if they weren't. */
  readonly #stampedMs: number
  #refusal: KafkaError | null = null
  #baseOffset = -1
  #lastOffset = -1
  #logAppendTimeMs = -1

  /**
   * @param records one valid batch of magic 2, owned by the append from here on: it is stamped in place.
   * @param verified how a transactional batch comes, null for any other
   */
  constructor(
    owner: ProduceOwner,
    records: Buffer,
    options: AppendOptions,
    caller: AppendCaller,
    slot: number,
    verified: Verified,
  ) {
    this.#owner = owner
    this.#records = records
    this.#stampedMs =
      batch.timestampType(records, 0) === 'LogAppendTime' ? batch.maxTimestamp(records, 0) : batch.NO_TIMESTAMP
    this.#options = options
    this.#caller = caller
    this.#slot = slot
    this.#verified = verified
  }

  decide(turn: AppendTurn): void {
    this.#refusal = null
    this.#logAppendTimeMs = this.#stampedMs
    const records = this.#records
    const producerId = batch.producerId(records, 0)
    const lastDelta = batch.lastOffsetDelta(records, 0)
    if (producerId !== batch.NO_PRODUCER_ID && !this.#decideSequence(turn, producerId, lastDelta)) return
    this.#baseOffset = turn.end
    this.#lastOffset = turn.end + lastDelta
    batch.stamp(records, 0, turn.end, turn.leaderEpoch)
    turn.place({
      baseOffset: this.#baseOffset,
      lastOffset: this.#lastOffset,
      maxTimestamp: batch.maxTimestamp(records, 0),
      bytes: records,
    })
  }

  /** Whether the batch is new and next. */
  #decideSequence(turn: AppendTurn, producerId: number, lastDelta: number): boolean {
    const records = this.#records
    const sequenced = {
      producerId,
      producerEpoch: batch.producerEpoch(records, 0),
      firstSequence: batch.baseSequence(records, 0),
      lastSequence: batch.lastSequence(records, 0),
    }
    const transactional = batch.isTransactional(records, 0)
    try {
      if (transactional && turn.producers.repeated(sequenced) === null)
        checkBeginning(turn, this.#owner.verifications, sequenced, this.#verified)
      const duplicate = turn.producers.check(sequenced)
      if (duplicate === null) {
        if (transactional) turn.setInTransaction(producerId, true)
        else if (turn.anyOpen) checkOutside(turn, producerId)
        turn.pendingProducers.append(sequenced, turn.end + lastDelta, lastDelta, batch.maxTimestamp(records, 0))
        return true
      }
      this.#baseOffset = duplicate.lastOffset - duplicate.offsetDelta
      this.#lastOffset = duplicate.lastOffset
      // Kafka answers the remembered timestamp, whatever the topic's timestamp type (observed with Kafka 4.3).
      this.#logAppendTimeMs = duplicate.timestamp
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      this.#refusal = error
    }
    return false
  }

  appended(): void {
    if (this.#refusal !== null) this.#refuse(this.#refusal)
    else if (this.#options.acks !== -1 || this.#owner.highWatermark > this.#lastOffset) this.#answer(this.#placed())
    else
      this.#owner.whenCommitted(
        this.#lastOffset + 1,
        this.#options.timeoutMs,
        lost => (lost === null ? this.#answer(this.#placed()) : this.#refuse(lost)),
        () => this.#refuse(new KafkaError('REQUEST_TIMED_OUT', 'the records are not replicated yet')),
      )
  }

  failed(failure: AppendFailure): void {
    this.#refuse(new KafkaError(...appendFailures[failure]))
  }

  #placed(): Appended {
    return {
      error: null,
      baseOffset: this.#baseOffset,
      lastOffset: this.#lastOffset,
      logAppendTimeMs: this.#logAppendTimeMs,
      logStartOffset: this.#owner.logStartOffset,
    }
  }

  #refuse(error: KafkaError): void {
    this.#answer({ error, recordErrors: [], logStartOffset: this.#owner.logStartOffset })
  }

  #answer(outcome: AppendOutcome): void {
    this.#caller.appended(this.#slot, outcome)
  }
}
