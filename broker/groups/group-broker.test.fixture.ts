/** What serves groups and their transactions, without sockets, over the memory engine; requests as frames. */
import { pino } from 'pino'
import { KafkaError } from '../../protocol/errors.ts'
import { requestCodec } from '../../protocol/schema/codec.ts'
import type { Api, RequestWrite, ResponseRead } from '../../protocol/schema/notation.ts'
import { decodeResponse, encodeResponse } from '../../protocol/wire/frames.ts'
import { Reader } from '../../protocol/wire/reader.ts'
import { Writer } from '../../protocol/wire/writer.ts'
import type { Engine } from '../../storage/engine.ts'
import { createMemoryEngine } from '../../storage/memory/engine.ts'
import type { Broker } from '../broker.ts'
import { Cluster } from '../cluster/cluster.ts'
import { LocalPeers } from '../cluster/peers.ts'
import { ProducerIds } from '../cluster/producer-ids.ts'
import { Config } from '../config/config.ts'
import type { Context, Handler } from '../handlers/handler.ts'
import { Partitions } from '../partition/partitions.ts'
import { TxnMarkers } from '../partition/transactions/write-txn-markers.ts'
import { ManualClock, settled } from '../testing/manual-clock.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import { Transactions } from '../transactions/transactions.ts'
import { Groups } from './groups.ts'

/** A broker that serves groups. Time moves by its clock alone. */
export class GroupBroker {
  readonly clock: ManualClock
  readonly engine: Engine
  readonly cluster: Cluster
  readonly groups: Groups
  readonly transactions: Transactions
  readonly #broker: Broker
  readonly #partitions: Partitions

  private constructor(engine: Engine, clock: ManualClock, settings: ReadonlyMap<string, string>) {
    this.engine = engine
    this.clock = clock
    const logger = pino({ level: 'silent' })
    const random = new SeededRandom(1)
    const config = new Config(settings)
    this.cluster = new Cluster({ engine, config, clock, random, logger })
    const nodeId = config.nodeId
    this.#partitions = new Partitions({ engine, clock, logger, config, nodeId, topics: this.cluster })
    const [cluster, partitions] = [this.cluster, this.#partitions]
    this.groups = new Groups({ clock, random, logger, config, cluster, partitions })
    const peers = new LocalPeers()
    const producerIds = new ProducerIds(cluster)
    this.transactions = new Transactions({ clock, logger, config, cluster, partitions, peers, producerIds })
    const { groups, transactions } = this
    const txnMarkers = new TxnMarkers({ cluster, partitions, groups, logger })
    peers.join(nodeId, {
      allocateProducerIds: () => cluster.allocateProducerIds(),
      writeTxnMarkers: markers => txnMarkers.write(markers),
      addPartitionsToTxn: asked => transactions.addPartitions(asked),
    })
    const made = { engine, clock, random, logger, config, cluster, partitions, groups }
    this.#broker = { ...made, transactions, txnMarkers, peers, producerIds } as unknown as Broker
  }

  /** A broker with topic `t` of three partitions; over the engine of another one it finds what that left. */
  static async start(
    settings: Readonly<Record<string, string>> = {},
    before?: Pick<GroupBroker, 'engine' | 'clock'>,
    wrap: (engine: Engine) => Engine = engine => engine,
  ): Promise<GroupBroker> {
    const engine = before?.engine ?? wrap(createMemoryEngine())
    if (before === undefined) await engine.open()
    const broker = new GroupBroker(engine, before?.clock ?? new ManualClock(), new Map(Object.entries(settings)))
    await broker.cluster.start(broker.#partitions, [])
    await broker.groups.start()
    await broker.transactions.start()
    if (before === undefined) await broker.createTopic('t')
    return broker
  }

  async createTopic(name: string): Promise<string> {
    const topic = { name, numPartitions: 3, replicationFactor: 1, assignments: null, config: new Map() }
    const [created] = await this.cluster.createTopics([topic])
    if (created instanceof KafkaError) throw new Error(String(created))
    return created!.id
  }

  /** The coordinators and partitions stop; the engine stays. */
  async stop(): Promise<void> {
    await this.transactions.close()
    await this.groups.close()
    await this.#partitions.close()
    await this.cluster.close()
  }

  /** Asks as a client of that version does: request and response go through their bytes. */
  async ask<A extends Api>(handler: Handler<A>, version: number, request: RequestWrite<A>): Promise<ResponseRead<A>> {
    const { api } = handler
    const writer = new Writer()
    requestCodec(api, version).encode(writer, request)
    const received = requestCodec(api, version).decode(new Reader(writer.finishBuffer()))
    const client = {
      id: 1,
      host: '10.0.0.9',
      listener: 'PLAINTEXT',
      localHost: 'samsa',
      localPort: 9092,
      onClose: () => () => {},
    }
    const ignored = () => {}
    const context = {
      ...{ apiVersion: version, clientId: 'client', client, parked: ignored, placed: ignored, onSent: ignored },
      ...{ answerRoom: () => 1 << 30, reserveAnswer: (wantedBytes: number) => wantedBytes },
    } as unknown as Context
    const response = await this.#answer(handler, received, context)
    await settled()
    return decodeResponse(api, version, Buffer.concat(encodeResponse(api, version, 1, response!)).subarray(4)).response
  }

  async #answer<A extends Api>(handler: Handler<A>, request: Parameters<Handler<A>['handle']>[0], context: Context) {
    try {
      return await handler.handle(request, context, this.#broker)
    } catch (error) {
      if (error instanceof KafkaError) return handler.refuse(request, error, context)
      throw error
    }
  }
}
