/**
 * For tests of handlers: the real parts of a broker over the memory engine, asked through the codecs, so that an answer
 * that a version can't carry fails the test.
 */
import { pino } from 'pino'
import { KafkaError } from '../../protocol/errors.ts'
import { requestCodec, responseCodec } from '../../protocol/schema/codec.ts'
import type { Api, RequestWrite, ResponseRead } from '../../protocol/schema/notation.ts'
import { Reader } from '../../protocol/wire/reader.ts'
import { Writer } from '../../protocol/wire/writer.ts'
import type { Engine } from '../../storage/engine.ts'
import { createMemoryEngine } from '../../storage/memory/engine.ts'
import type { Broker } from '../broker.ts'
import { Cluster } from '../cluster/cluster.ts'
import { LocalPeers } from '../cluster/peers.ts'
import { ProducerIds } from '../cluster/producer-ids.ts'
import { Config } from '../config/config.ts'
import { Groups } from '../groups/groups.ts'
import type { Client } from '../client.ts'
import type { Context, Handler } from '../handlers/handler.ts'
import { FetchSessions } from '../partition/fetch-sessions.ts'
import { Partitions } from '../partition/partitions.ts'
import { TxnMarkers } from '../partition/transactions/write-txn-markers.ts'
import { Transactions } from '../transactions/transactions.ts'
import { ManualClock } from './manual-clock.ts'
import { SeededRandom } from './seeded-random.ts'

const client: Client = {
  id: 1,
  host: '/127.0.0.1',
  listener: 'PLAINTEXT',
  localHost: 'here',
  localPort: 4321,
  onClose: () => () => {},
  close() {},
}

const contextOf = (apiVersion: number): Context => ({
  apiVersion,
  clientId: 'test',
  principal: { type: 'User', name: 'ANONYMOUS' },
  client,
  placed() {},
  parked() {},
  answerRoom: () => Number.MAX_SAFE_INTEGER,
  reserveAnswer: wanted => wanted,
  onSent() {},
})

/** As it goes over the wire and is read again. */
const overTheWire = <R, W>(
  codec: { encode(writer: Writer, value: W): void; decode(reader: Reader): R },
  value: W,
): R => {
  const writer = new Writer()
  codec.encode(writer, value)
  return codec.decode(new Reader(writer.finishBuffer()))
}

/** Asks one API in one version; a failure of the whole request is answered as dispatch does it. */
export type Ask = <A extends Api>(
  handler: Handler<A>,
  version: number,
  request: RequestWrite<A>,
) => Promise<ResponseRead<A>>

/**
 * A broker without a server.
 * @param engine not yet open @param seed of its randomness: ids of topics are the same for the same seed
 */
export const brokerWithoutServer = async (
  settings: Readonly<Record<string, string>> = {},
  engine: Engine = createMemoryEngine(),
  seed = 1,
): Promise<{ readonly broker: Broker; readonly ask: Ask }> => {
  const { unclean } = await engine.open()
  const config = new Config(new Map(Object.entries(settings)))
  const parts = {
    engine,
    config,
    clock: new ManualClock(),
    random: new SeededRandom(seed),
    logger: pino({ level: 'silent' }),
  }
  const cluster = new Cluster(parts)
  const partitions = new Partitions({ ...parts, nodeId: config.nodeId, topics: cluster })
  await cluster.start(partitions, unclean)
  const groups = new Groups({ ...parts, cluster, partitions })
  const peers = new LocalPeers()
  const producerIds = new ProducerIds(cluster)
  const transactions = new Transactions({ ...parts, cluster, partitions, peers, producerIds })
  const txnMarkers = new TxnMarkers({ ...parts, cluster, partitions, groups })
  peers.join(config.nodeId, {
    allocateProducerIds: () => cluster.allocateProducerIds(),
    writeTxnMarkers: markers => txnMarkers.write(markers),
    addPartitionsToTxn: asked => transactions.addPartitions(asked),
  })
  const broker: Broker = {
    ...parts,
    nodeId: config.nodeId,
    cluster,
    partitions,
    groups,
    fetchSessions: new FetchSessions(parts),
    ...{ producerIds, transactions, txnMarkers, peers },
  }
  const ask: Ask = async (handler, version, request) => {
    const context = contextOf(version)
    const read = overTheWire(requestCodec(handler.api, version), request)
    const answer = await (async () => handler.handle(read as never, context, broker))().catch((error: unknown) => {
      if (error instanceof KafkaError) return handler.refuse(read as never, error, context)
      throw error
    })
    if (answer === null) throw new Error('no answer')
    return overTheWire(responseCodec(handler.api, version), answer as never) as never
  }
  return { broker, ask }
}
