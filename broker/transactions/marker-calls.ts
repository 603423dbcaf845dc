/**
 * Has the markers of ended transactions written by the leaders of their partitions.
 */
import type { Logger } from 'pino'
import { type ErrorName, KafkaError } from '../../protocol/errors.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Peers, TxnMarker } from '../cluster/peers.ts'
import type { MarkerOutcome, MarkersCall } from './transaction-events.ts'

/** What the calls go through. */
export interface MarkerCallsDeps {
  readonly cluster: Pick<Cluster, 'topic'>
  readonly peers: Peers
  readonly logger: Pick<Logger, 'error'>
}

/** The calls of one shard. */
export class MarkerCalls {
  readonly #deps: MarkerCallsDeps
  /** The calls under way, by transactional id: markers of one id are written one after the other. Never reject. */
  readonly #underWay = new Map<string, Promise<unknown>>()

  constructor(deps: MarkerCallsDeps) {
    this.#deps = deps
  }

  /**
   * Asks each partition's leader for the marker; resolves to an outcome per partition, in their order. Waits for an earlier
   * call of the same id, which a coordinator that was loaded again has forgotten: a marker that came late could end the next
   * transaction.
   * @param coordinatorEpoch the leader epoch of the coordinator's log
   */
  async perform({ transactionalId, marker }: MarkersCall, coordinatorEpoch: number): Promise<readonly MarkerOutcome[]> {
    const before = this.#underWay.get(transactionalId)
    const call = (before ?? Promise.resolve()).then(() => this.#write({ ...marker, coordinatorEpoch }))
    const settled = call.then(
      () => {},
      () => {},
    )
    this.#underWay.set(transactionalId, settled)
    try {
      return await call
    } finally {
      if (this.#underWay.get(transactionalId) === settled) this.#underWay.delete(transactionalId)
    }
  }

  async #write(marker: TxnMarker): Promise<readonly MarkerOutcome[]> {
    const outcomes: MarkerOutcome[] = marker.partitions.map(() => 'gone')
    const byLeader = new Map<number, number[]>()
    for (const [index, { topic, partition }] of marker.partitions.entries()) {
      const leader = this.#deps.cluster.topic(topic)?.partitions[partition]?.leader
      if (leader === undefined) continue // the topic was deleted, and what was written with it
      const indexes = byLeader.get(leader)
      if (indexes === undefined) byLeader.set(leader, [index])
      else indexes.push(index)
    }
    await Promise.all(
      Array.from(byLeader, async ([leader, indexes]) => {
        const partitions = indexes.map(index => marker.partitions[index]!)
        const errors = await this.#ask(leader, { ...marker, partitions })
        for (const [place, index] of indexes.entries()) outcomes[index] = outcomeOf(errors[place])
      }),
    )
    return outcomes
  }

  async #ask(leader: number, marker: TxnMarker): Promise<readonly ErrorName[]> {
    const all = (error: ErrorName) => marker.partitions.map(() => error)
    if (leader < 0) return all('LEADER_NOT_AVAILABLE')
    try {
      const [errors] = await this.#deps.peers.of(leader).writeTxnMarkers([marker])
      return errors ?? []
    } catch (error) {
      if (error instanceof KafkaError) return all(error.name)
      // The decision is durable: whatever is wrong, the transaction has to end some time.
      this.#deps.logger.error({ err: error, leader }, 'markers could not be asked for')
      return all('UNKNOWN_SERVER_ERROR')
    }
  }
}

/**
 * A partition that refuses the marker's epoch knows a later one of the producer, so there is nothing left to end. All other
 * errors are of the moment.
 */
const outcomeOf = (error: ErrorName | undefined): MarkerOutcome =>
  error === 'NONE' || error === 'INVALID_PRODUCER_EPOCH' ? 'written' : 'again'
