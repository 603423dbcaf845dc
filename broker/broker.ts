/**
 * What a handler can reach: the parts of one broker, put together in `start.ts`.
 */
import type { Logger } from 'pino'
import type { Engine } from '../storage/engine.ts'
import type { Clock, Random } from './clock.ts'
import type { Cluster } from './cluster/cluster.ts'
import type { Peers } from './cluster/peers.ts'
import type { ProducerIds } from './cluster/producer-ids.ts'
import type { Config } from './config/config.ts'
import type { Groups } from './groups/groups.ts'
import type { FetchSessions } from './partition/fetch-sessions.ts'
import type { Partitions } from './partition/partitions.ts'
import type { TxnMarkers } from './partition/transactions/write-txn-markers.ts'
import type { Transactions } from './transactions/transactions.ts'

/** One broker. Its parts are there and ready from the moment it listens. */
export interface Broker {
  readonly nodeId: number
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly engine: Engine
  /** Live settings of this broker. */
  readonly config: Config
  /** Topics, brokers, leadership, and the changes to them. */
  readonly cluster: Cluster
  /** The partitions that this broker leads. */
  readonly partitions: Partitions
  readonly groups: Groups
  readonly transactions: Transactions
  /** Ends transactions in the partitions that this broker leads. */
  readonly txnMarkers: TxnMarkers
  readonly fetchSessions: FetchSessions
  readonly producerIds: ProducerIds
  /** The brokers of the cluster, this one among them. */
  readonly peers: Peers
}
