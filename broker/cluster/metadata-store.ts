/**
 * The metadata machine at work: its log, its loading, and typed questions to it.
 */
import type { Logger } from 'pino'
import { KafkaError } from '../../protocol/errors.ts'
import type { Engine, LogId, LogOptions } from '../../storage/engine.ts'
import type { Clock, Random } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { engineShardLog } from '../coordinator/engine-shard-log.ts'
import { Shard } from '../coordinator/shard.ts'
import type { ShardFailure } from '../coordinator/shard-options.ts'
import { ClusterMachine } from './cluster-machine.ts'
import type { ClusterEvent, ClusterQuestions, ClusterReply, QuestionType } from './events.ts'
import { LogLease } from './log-lease.ts'
import type { MetadataImage } from './metadata-image.ts'
import { type MetadataRecord, metadataCodec } from './records.ts'
import { refuseDamage } from './refuse-damage.ts'
import { refuseOrphans } from './settle-logs.ts'

/** What the cluster's metadata is built on. */
export interface ClusterDeps {
  readonly engine: Engine
  readonly config: Config
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

const LOG: LogId = 'state/cluster'
const LOG_OPTIONS: LogOptions = {
  name: '__cluster_metadata-0',
  segmentBytes: 64 * 1024 * 1024,
  segmentMs: Number.MAX_SAFE_INTEGER,
  indexIntervalBytes: 4096,
  segmentIndexBytes: 10 * 1024 * 1024,
  // Were its end lost with the power, the logs of topics that it made known would be taken for leftovers.
  flushMessages: 1,
  flushMs: Number.MAX_SAFE_INTEGER,
}

/** Facts in the log beyond which opening writes the image anew, when most of them are outdated. */
const SNAPSHOT_AFTER = 10_000

const failure = (reason: ShardFailure): KafkaError =>
  reason === 'lost' || reason === 'gone'
    ? new KafkaError('NOT_CONTROLLER')
    : new KafkaError('KAFKA_STORAGE_ERROR', "the cluster's metadata could not be written")

/** The log `state/cluster` and the machine over it. */
export class MetadataStore {
  readonly #deps: ClusterDeps
  readonly #shard: Shard<ClusterEvent, MetadataRecord, ClusterReply>
  readonly #lease: LogLease

  constructor(deps: ClusterDeps) {
    this.#deps = deps
    const { engine, clock, config } = deps
    this.#lease = new LogLease({ leases: engine.leases, clock, name: LOG, holder: String(config.nodeId) })
    this.#shard = new Shard({
      name: LOG,
      log: engineShardLog(deps.engine, LOG),
      make: () => new ClusterMachine(),
      codec: metadataCodec,
      clock: deps.clock,
      logger: deps.logger,
      expired: key => {
        throw new Error(`the cluster machine has no timer ${key}`)
      },
      failure,
      isOwner: () => this.#lease.confirm(),
    })
  }

  /**
   * Loads the metadata, shortened if it is mostly outdated; resolves to the cluster's id. Rejects with an Error for people
   * when there are logs of topics and no metadata, when the metadata is damaged, or another broker has the lease.
   * @param newId the cluster's id if it has none yet
   */
  async open(newId: string = this.#deps.random.uuid()): Promise<string> {
    const { engine } = this.#deps
    if (!(await this.#lease.confirm())) throw new Error("another broker keeps the cluster's metadata")
    await engine.createLog(LOG, LOG_OPTIONS)
    await refuseDamage(engine.log(LOG))
    await this.#shard.load()
    if (this.image.clusterId === null) await refuseOrphans(engine)
    const clusterId = await this.ask('nameCluster', { clusterId: newId })
    await this.#shorten()
    return clusterId
  }

  /** Refuses further questions; resolves when nothing is being written. */
  async close(): Promise<void> {
    await this.#shard.close(new KafkaError('NOT_CONTROLLER', 'the broker is stopping'))
    await this.#lease.release()
  }

  /** What is durable, or about to be. Throws KAFKA_STORAGE_ERROR after a failed write, until it was read again. */
  get image(): MetadataImage {
    const machine = this.#shard.machine
    if (machine === null) throw failure('failed')
    return (machine as ClusterMachine).image
  }

  /** How often the lease of the metadata has changed hands, this broker's hold included. */
  get epoch(): number {
    return this.#lease.fence
  }

  /** The machine's answer, when all that it rests on is durable. Rejects with NOT_CONTROLLER or KAFKA_STORAGE_ERROR. */
  async ask<T extends QuestionType>(type: T, ask: ClusterQuestions[T]['ask']): Promise<ClusterQuestions[T]['answer']> {
    if (!(await this.#lease.confirm())) throw failure('lost')
    const reply = await this.#shard.send(request => ({ type, request, ...ask }) as ClusterEvent)
    return reply as ClusterQuestions[T]['answer'] // the machine replies to a question by its type
  }

  async #shorten(): Promise<void> {
    const log = this.#deps.engine.log(LOG)
    const { start, end } = await log.bounds()
    const facts = [...this.image.records()].length
    if (end - start < SNAPSHOT_AFTER || end - start < facts * 4) return
    await this.ask('snapshot', {})
    await log.trim(end)
    this.#deps.logger.info({ facts, before: end - start }, "shortened the cluster's metadata")
  }
}
