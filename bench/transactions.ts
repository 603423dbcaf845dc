/**
 * What a committed transaction of 100 records over 4 partitions costs the broker in CPU time, by raw requests of both versions
 * of transactions. SAMSA_BENCH_KAFKA=HOST:PORT,PID measures another broker beside it in the same run.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RawClient } from '../broker/testing/raw-client.ts'
import { BrokerProcess } from '../cli/testing/broker-process.ts'
import { codeOf, nameOf } from '../protocol/errors.ts'
import { AddPartitionsToTxn } from '../protocol/messages/add-partitions-to-txn.ts'
import { CreateTopics } from '../protocol/messages/create-topics.ts'
import { EndTxn } from '../protocol/messages/end-txn.ts'
import { FindCoordinator } from '../protocol/messages/find-coordinator.ts'
import { InitProducerId } from '../protocol/messages/init-producer-id.ts'
import { Produce } from '../protocol/messages/produce.ts'
import { buildBatch } from '../protocol/records/build.ts'
import { cpuSeconds } from './cpu-seconds.ts'

const PARTITIONS = 4
const RECORDS_A_PARTITION = 25
const RECORD_BYTES = 100
const PRODUCERS = 8
const WARM_UP = 400
const TRANSACTIONS = 3000
/** As Kafka's clients wait while the last transaction is being ended. */
const RETRY_MS = 20

/** The first: partitions are added by the client; the second: by the broker, and each transaction has an epoch (KIP-890). */
type Kind = 1 | 2

/** The coordinator is busy or not there yet, or the topic is too new for its broker. */
const again = new Set(
  [
    ...(['CONCURRENT_TRANSACTIONS', 'COORDINATOR_LOAD_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE'] as const),
    ...(['NOT_COORDINATOR', 'NOT_LEADER_OR_FOLLOWER', 'UNKNOWN_TOPIC_OR_PARTITION'] as const),
  ].map(codeOf),
)

/** One transactional id on a connection of its own. */
class Producer {
  readonly #client: RawClient
  readonly #transactionalId: string
  readonly #topic: string
  readonly #kind: Kind
  #producerId = -1
  #producerEpoch = -1
  #sequence = 0
  /** Requests that had to be sent again. */
  retries = 0

  constructor(client: RawClient, transactionalId: string, topic: string, kind: Kind) {
    this.#client = client
    this.#transactionalId = transactionalId
    this.#topic = topic
    this.#kind = kind
  }

  async init(): Promise<void> {
    const transactionalId = this.#transactionalId
    await this.#client.request(FindCoordinator, 3, { key: transactionalId, keyType: 1 })
    await this.#until(async () => {
      const request = { transactionalId, transactionTimeoutMs: 60_000 }
      const answer = await this.#client.request(InitProducerId, 4, request)
      this.#producerId = answer.producerId
      this.#producerEpoch = answer.producerEpoch
      return answer.errorCode
    })
  }

  async transact(): Promise<void> {
    if (this.#kind === 1) await this.#until(() => this.#add())
    await this.#until(() => this.#send())
    this.#sequence += RECORDS_A_PARTITION
    await this.#until(() => this.#commit())
  }

  close(): Promise<void> {
    return this.#client.close()
  }

  async #add(): Promise<number> {
    const partitions = Array.from({ length: PARTITIONS }, (_, index) => index)
    const answer = await this.#client.request(AddPartitionsToTxn, 3, {
      v3AndBelowTransactionalId: this.#transactionalId,
      v3AndBelowProducerId: this.#producerId,
      v3AndBelowProducerEpoch: this.#producerEpoch,
      v3AndBelowTopics: [{ name: this.#topic, partitions }],
    })
    return answer.resultsByTopicV3AndBelow[0]!.resultsByPartition[0]!.partitionErrorCode
  }

  async #send(): Promise<number> {
    const header = { producerId: this.#producerId, producerEpoch: this.#producerEpoch, transactional: true }
    const records = Array.from({ length: RECORDS_A_PARTITION }, () => ({ timestamp: Date.now(), value: payload }))
    const batch = buildBatch({ ...header, baseSequence: this.#sequence, records })
    const partitionData = Array.from({ length: PARTITIONS }, (_, index) => ({ index, records: [batch] }))
    const answer = await this.#client.request(Produce, this.#kind === 1 ? 11 : 12, {
      ...{ transactionalId: this.#transactionalId, acks: -1, timeoutMs: 10_000 },
      topicData: [{ name: this.#topic, partitionData }],
    })
    const errors = answer.responses[0]!.partitionResponses.map(({ errorCode }) => errorCode)
    return errors.find(error => error !== 0 && error !== codeOf('DUPLICATE_SEQUENCE_NUMBER')) ?? 0
  }

  async #commit(): Promise<number> {
    const own = { producerId: this.#producerId, producerEpoch: this.#producerEpoch }
    const request = { transactionalId: this.#transactionalId, ...own, committed: true }
    const answer = await this.#client.request(EndTxn, this.#kind === 1 ? 4 : 5, request)
    if (answer.errorCode === 0 && this.#kind === 2) {
      this.#producerId = answer.producerId
      this.#producerEpoch = answer.producerEpoch
      this.#sequence = 0
    }
    return answer.errorCode
  }

  async #until(ask: () => Promise<number>): Promise<void> {
    for (;;) {
      const error = await ask()
      if (error === 0) return
      if (!again.has(error)) throw new Error(`the broker says ${nameOf(error)}`)
      this.retries++
      await new Promise(resolve => setTimeout(resolve, RETRY_MS))
    }
  }
}

const payload = Buffer.alloc(RECORD_BYTES, 120)

/** Each producer commits one transaction after the other until all together have so many. */
const drive = async (producers: readonly Producer[], transactions: number): Promise<void> => {
  let left = transactions
  const lane = async (producer: Producer): Promise<void> => {
    while (left-- > 0) await producer.transact()
  }
  await Promise.all(producers.map(lane))
}

const measure = async (name: string, address: string, pid: number): Promise<void> => {
  const admin = await RawClient.connect(address)
  for (const kind of [1, 2] as const) {
    const run = `${Date.now()}-${kind}`
    const topic = {
      name: `bench-${run}`,
      numPartitions: PARTITIONS,
      replicationFactor: 1,
      assignments: [],
      configs: [],
    }
    await admin.request(CreateTopics, 5, { topics: [topic], timeoutMs: 10_000 })
    const producers: Producer[] = []
    for (let count = 0; count < PRODUCERS; count++) {
      const producer = new Producer(await RawClient.connect(address), `bench-${run}-${count}`, topic.name, kind)
      await producer.init()
      producers.push(producer)
    }
    await drive(producers, WARM_UP)
    const [began, cpu] = [performance.now(), cpuSeconds(pid)]
    await drive(producers, TRANSACTIONS)
    const seconds = (performance.now() - began) / 1000
    const figures = [
      `${(((cpuSeconds(pid) - cpu) / TRANSACTIONS) * 1000).toFixed(2)} ms CPU a transaction`,
      `${Math.round(TRANSACTIONS / seconds)} transactions/s`,
      `${producers.reduce((sum, { retries }) => sum + retries, 0)} retries`,
    ]
    console.log(`  ${`${name}, version ${kind}`.padEnd(24)}${figures.map(figure => figure.padStart(28)).join('')}`)
    for (const producer of producers) await producer.close()
  }
  await admin.close()
}

/** Measures each engine, and the other broker if there is one. */
export const run = async (): Promise<void> => {
  for (const engine of ['memory', 'file']) {
    const dir = mkdtempSync(join(tmpdir(), 'samsa-bench-'))
    const broker = await BrokerProcess.start(['--engine', engine, '--data-dir', dir])
    await measure(`${engine} engine`, broker.address, broker.pid)
    await broker.stop()
    rmSync(dir, { recursive: true, force: true })
  }
  const [address, pid] = (process.env.SAMSA_BENCH_KAFKA ?? '').split(',')
  if (address !== undefined && pid !== undefined) await measure('the other broker', address, Number(pid))
}
