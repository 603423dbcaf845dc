/**
 * Puts a broker together and takes it apart again. The order is the point: what serves is there before what asks.
 */
import { resolve } from 'node:path'
import type { Logger } from 'pino'
import { type EngineName, engines } from '../storage/engines.ts'
import type { Engine } from '../storage/engine.ts'
import { refuseKafkas } from '../storage/file/import/refuse-kafkas.ts'
import type { Broker } from './broker.ts'
import type { Clock, Random } from './clock.ts'
import { Cluster } from './cluster/cluster.ts'
import { LocalPeers } from './cluster/peers.ts'
import { ProducerIds } from './cluster/producer-ids.ts'
import type { Config } from './config/config.ts'
import { Groups } from './groups/groups.ts'
import { handlers } from './handlers/index.ts'
import { FetchSessions } from './partition/fetch-sessions.ts'
import { Partitions } from './partition/partitions.ts'
import { TxnMarkers } from './partition/transactions/write-txn-markers.ts'
import { Dispatch } from './server/dispatch.ts'
import { type ListenAddress, Server } from './server/server.ts'
import { Transactions } from './transactions/transactions.ts'

/** What a broker is made of and from. */
export interface StartOptions {
  readonly config: Config
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** A broker that listens. */
export interface Started {
  readonly broker: Broker
  /** The listeners with their real ports. */
  readonly addresses: readonly ListenAddress[]
  /** What keeps the records, for people: `file engine, /var/samsa`. */
  readonly storage: string
  /** No topics, no groups, no dynamic settings: as new. Connections stay; fetch sessions go. */
  reset(): Promise<void>
  /** Ends connections, waits, coordinators and partitions, in this order; then the engine as cleanly as it can. */
  stop(): Promise<void>
}

/** Starts a broker; when it resolves, every API works. Fails with an Error for people, and then nothing is left open. */
export const start = async (options: StartOptions): Promise<Started> => {
  const { config, clock, random, logger } = options
  const { engine, storage } = await openEngine(options)
  const undo: (() => Promise<void>)[] = [() => engine.close()]
  try {
    const { unclean } = await engine.open()
    const cluster = new Cluster({ engine, config, clock, random, logger })
    const partitions = new Partitions({ engine, config, clock, logger, nodeId: config.nodeId, topics: cluster })
    undo.unshift(() => partitions.close())
    await cluster.start(partitions, unclean)
    undo.unshift(() => cluster.close())
    const peers = new LocalPeers()
    const groups = new Groups({ config, cluster, partitions, clock, random, logger })
    undo.unshift(() => groups.close())
    const producerIds = new ProducerIds({
      allocateProducerIds: () => peers.of(cluster.controllerId).allocateProducerIds(),
    })
    const transactions = new Transactions({ config, cluster, partitions, clock, logger, peers, producerIds })
    undo.unshift(() => transactions.close())
    const txnMarkers = new TxnMarkers({ cluster, partitions, groups, logger })
    peers.join(config.nodeId, {
      allocateProducerIds: () => cluster.allocateProducerIds(),
      writeTxnMarkers: markers => txnMarkers.write(markers),
      addPartitionsToTxn: asked => transactions.addPartitions(asked),
    })
    const broker: Broker = {
      nodeId: config.nodeId,
      ...{
        clock,
        random,
        logger,
        engine,
        config,
        cluster,
        partitions,
        groups,
        transactions,
        txnMarkers,
        producerIds,
        peers,
      },
      fetchSessions: new FetchSessions({ config, clock, random }),
    }
    const server = new Server(serverOptions(config), new Dispatch(handlers, broker, logger), clock, logger)
    undo.unshift(() => server.close())
    const addresses = await server.listen(config.listeners)
    partitions.start()
    await groups.start()
    await transactions.start()
    const reset = async (): Promise<void> => {
      await cluster.reset()
      broker.fetchSessions.clear()
    }
    return { broker, addresses, storage, reset, stop: () => inOrder(undo) }
  } catch (error) {
    await inOrder(undo)
    throw error
  }
}

const openEngine = async ({
  config,
  clock,
  random,
  logger,
}: StartOptions): Promise<{ engine: Engine; storage: string }> => {
  const name: EngineName = config.get('samsa.engine')
  const dataDir = resolve((config.get('log.dirs') ?? config.get('log.dir'))[0] ?? 'samsa-data')
  if (name === 'file') refuseKafkas(dataDir)
  const maxBytes = config.get('samsa.memory.max.bytes')
  const durability: 'os' | 'fsync' = config.get('samsa.durability')
  if (name === 'memory' && durability === 'fsync')
    logger.warn('samsa.durability=fsync has no effect: the memory engine keeps nothing when it stops')
  const engine = await engines[name]({
    dataDir,
    durability,
    ...(maxBytes === null ? {} : { maxBytes }),
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (delayMs, fire) => clock.after(delayMs, fire),
    uuid: () => random.uuid(),
    warn: line => logger.warn(line),
  })
  const safety = durability === 'fsync' ? ', durability=fsync' : ''
  return { engine, storage: name === 'file' ? `file engine, ${dataDir}${safety}` : `${name} engine` }
}

const serverOptions = (config: Config): ConstructorParameters<typeof Server>[0] => ({
  maxRequestBytes: config.get('socket.request.max.bytes'),
  queuedBytes: config.get('queued.max.request.bytes'),
  answerBytes: config.get('samsa.queued.max.response.bytes'),
  maxConnections: () => config.get('max.connections'),
  maxConnectionsPerIp: () => config.get('max.connections.per.ip'),
  maxIdleMs: config.get('connections.max.idle.ms'),
})

/** One after the other, all of them even if one fails; fails with the first error then. */
const inOrder = async (steps: readonly (() => Promise<void>)[]): Promise<void> => {
  const errors: unknown[] = []
  for (const step of steps) await step().catch(error => errors.push(error))
  if (errors.length > 0) throw errors[0]
}
