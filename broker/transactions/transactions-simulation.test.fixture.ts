/**
 * Producers of both versions of transactions, a broker that dies at any moment, an engine whose appends fail, and a wire that
 * delays, repeats and loses. What must hold whatever happens has names: see `TransactionHistory.judge` and `#watch`.
 */
import { nameOf } from '../../protocol/errors.ts'
import * as batch from '../../protocol/records/batch.ts'
import { readControl } from '../../protocol/records/control.ts'
import { records } from '../../protocol/records/records.ts'
import { allOutcomes, type Engine } from '../../storage/engine.ts'
import { createMemoryEngine } from '../../storage/memory/engine.ts'
import { GroupBroker } from '../groups/group-broker.test.fixture.ts'
import { describeTransactions } from '../handlers/describe-transactions.ts'
import { fetch } from '../handlers/fetch.ts'
import { listOffsets } from '../handlers/list-offsets.ts'
import { ManualClock, settled } from '../testing/manual-clock.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import { type Kind, PARTITIONS, SimulatedProducer } from './simulated-producer.test.fixture.ts'
import { SimulatedWire } from './simulated-wire.test.fixture.ts'
import { TransactionHistory } from './transaction-history.test.fixture.ts'

const SETTINGS = {
  'transaction.state.log.num.partitions': '2',
  'offsets.topic.num.partitions': '2',
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': '5000',
}

/** One run; the same for the same seed. */
export class TransactionsSimulation {
  readonly #random: SeededRandom
  readonly #wire: SimulatedWire
  readonly #history = new TransactionHistory()
  readonly #engine: Engine
  readonly #clock = new ManualClock()
  readonly #kinds: ReadonlyMap<string, Kind>
  readonly #producers = new Map<string, SimulatedProducer>()
  readonly #running = new Set<Promise<void>>()
  #broker!: GroupBroker
  /** Of the broker that lives: what a dead one still does reaches nothing. */
  #life = 0
  #failing = false
  #processes = 0
  #failure: unknown = null
  readonly #lastStable = new Map<number, number>()
  readonly #epochs = new Map<string, readonly [producerId: number, producerEpoch: number]>()

  constructor(seed: number) {
    this.#random = new SeededRandom(seed)
    this.#wire = new SimulatedWire(this.#random)
    this.#engine = createMemoryEngine()
    this.#kinds = new Map([
      ['a', 1],
      ['b', 2],
      ['c', 2],
    ])
  }

  /** Random trouble for a while. */
  async trouble(steps: number): Promise<void> {
    await this.#engine.open()
    await this.#start()
    await this.#broker.createTopic('t')
    await this.#broker.groups.coordinatorOf('a')
    await this.#broker.transactions.coordinatorOf('a')
    for (const transactionalId of this.#kinds.keys()) this.#startProcess(transactionalId)
    for (let step = 0; step < steps; step++) {
      const dice = this.#random.fraction()
      if (dice < 0.01) await this.#crash()
      else if (dice < 0.03) this.#failing = !this.#failing
      else if (dice < 0.04) this.#replace()
      else if (dice < 0.1) await this.#clock.advance(this.#random.integer(3000))
      else this.#wire.step(this.#broker)
      await settled()
      if (step % 10 === 0) await this.#watch()
      if (this.#failure !== null) throw this.#failure
    }
  }

  /** All is well again: what is late arrives, what is open ends, and readers see what they must. */
  async settle(): Promise<void> {
    this.#failing = false
    for (const producer of this.#producers.values()) producer.stopping = true
    for (let step = 0; this.#running.size > 0; step++) {
      if (step > 20_000) throw new Error('producers don’t come to an end after all is well')
      if (step > 500) this.#wire.troubled = false
      this.#wire.step(this.#broker)
      await this.#clock.advance(100)
      if (this.#failure !== null) throw this.#failure
    }
    this.#wire.troubled = true
    for (let step = 0; this.#wire.late > 0 && step < 5000; step++) {
      this.#wire.step(this.#broker)
      await settled()
    }
    await this.#clock.advance(120_000)
    await this.#watch()
    await this.#allEnded()
    this.#history.judge({ values: await this.#visible(), offsets: await this.#offsets() })
  }

  /** Transactions that were told to be committed: a run without any says nothing. */
  get committed(): number {
    return this.#history.committed
  }

  async #start(): Promise<void> {
    const life = ++this.#life
    const engine = this.#engineOf(life)
    this.#broker = await GroupBroker.start(SETTINGS, { engine, clock: this.#clock })
  }

  /** The engine as one life of the broker sees it: its appends fail now and then, and end with it. */
  #engineOf(life: number): Engine {
    const engine = this.#engine
    const append: Engine['append'] = async requests => {
      if (life !== this.#life) return new Promise(() => {})
      const dice = this.#failing ? this.#random.fraction() : 1
      if (dice < 0.05) throw new Error('lost on the way there')
      if (dice < 0.15) return requests.map(() => ({ ok: false, reason: 'failed', end: 0 }) as const)
      const outcomes = await allOutcomes(engine.append(requests))
      if (dice < 0.2) throw new Error('lost on the way back')
      return life === this.#life ? outcomes : new Promise(() => {})
    }
    return new Proxy(engine, {
      get(target, key) {
        if (key === 'append') return append
        const value: unknown = Reflect.get(target, key, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }

  async #crash(): Promise<void> {
    this.#life++
    this.#wire.crash()
    await this.#start()
  }

  #startProcess(transactionalId: string): void {
    const { kind, name } = { kind: this.#kinds.get(transactionalId)!, name: `${transactionalId}${++this.#processes}` }
    const { random, wire, history } = { random: this.#random, wire: this.#wire, history: this.#history }
    const producer = new SimulatedProducer(name, transactionalId, kind, { random, wire, history })
    this.#producers.set(transactionalId, producer)
    const run: Promise<void> = producer.run().then(
      () => {
        this.#running.delete(run)
        if (!producer.stopping) this.#startProcess(transactionalId)
      },
      error => {
        this.#failure ??= error
      },
    )
    this.#running.add(run)
  }

  /** Another process of the same name starts; the old one goes on until it is fenced, or is gone and what it sent isn't. */
  #replace(): void {
    const ids = [...this.#kinds.keys()]
    const transactionalId = ids[this.#random.integer(ids.length)]!
    const old = this.#producers.get(transactionalId)!
    old.stopping = true
    if (this.#random.fraction() < 0.5) this.#wire.abandon(old)
    this.#startProcess(transactionalId)
  }

  /** The last stable offset never falls, and epochs never fall. */
  async #watch(): Promise<void> {
    const failing = this.#failing
    this.#failing = false
    for (let index = 0; index < PARTITIONS; index++) {
      const topics = [{ name: 't', partitions: [{ partitionIndex: index, timestamp: -1 }] }]
      const answer = await this.#broker.ask(listOffsets, 5, { replicaId: -1, isolationLevel: 1, topics })
      const { errorCode, offset } = answer.topics[0]!.partitions[0]!
      if (errorCode !== 0) continue
      const before = this.#lastStable.get(index) ?? 0
      if (offset < before)
        throw new Error(`the last stable offset of partition ${index} falls from ${before} to ${offset}`)
      this.#lastStable.set(index, offset)
    }
    const request = { transactionalIds: [...this.#kinds.keys()] }
    for (const state of (await this.#broker.ask(describeTransactions, 0, request)).transactionStates) {
      if (state.errorCode !== 0) continue
      const [producerId, producerEpoch] = this.#epochs.get(state.transactionalId) ?? [state.producerId, -1]
      if (producerId === state.producerId && state.producerEpoch < producerEpoch)
        throw new Error(`the epoch of ${state.transactionalId} falls from ${producerEpoch} to ${state.producerEpoch}`)
      this.#epochs.set(state.transactionalId, [state.producerId, state.producerEpoch])
    }
    this.#failing = failing
  }

  /** No transaction stays open or being ended for ever, and no partition waits for one. */
  async #allEnded(): Promise<void> {
    for (const { transactionalId, state } of await this.#broker.transactions.list()) {
      if (state !== 'Empty' && !state.startsWith('Complete')) throw new Error(`${transactionalId} stays in ${state}`)
    }
    for (let index = 0; index < PARTITIONS; index++) {
      const topics = [{ name: 't', partitions: [{ partitionIndex: index, timestamp: -1 }] }]
      const answer = await this.#broker.ask(listOffsets, 5, { replicaId: -1, isolationLevel: 0, topics })
      const { offset } = answer.topics[0]!.partitions[0]!
      if (offset !== this.#lastStable.get(index)) throw new Error(`partition ${index} has an open transaction`)
    }
  }

  /** The values that a read-committed consumer is given, by partition. */
  async #visible(): Promise<string[][]> {
    const all: string[][] = []
    for (let index = 0; index < PARTITIONS; index++) all.push(await this.#visibleIn(index))
    return all
  }

  async #visibleIn(index: number): Promise<string[]> {
    const partitions = [{ partition: index, fetchOffset: 0, partitionMaxBytes: 1 << 30 }]
    const { responses } = await this.#broker.ask(fetch, 12, {
      ...{ maxWaitMs: 0, minBytes: 0, maxBytes: 1 << 30, isolationLevel: 1 },
      topics: [{ topic: 't', partitions }],
    })
    const answer = responses[0]!.partitions[0]!
    if (answer.errorCode !== 0) throw new Error(`no fetch: ${nameOf(answer.errorCode)}`)
    const bytes = Buffer.concat((answer.records ?? []) as Buffer[])
    const toBegin = (answer.abortedTransactions ?? []).toSorted((one, other) => one.firstOffset - other.firstOffset)
    const aborted = new Set<number>()
    const values: string[] = []
    for (const position of batch.batches(bytes)) {
      const producerId = batch.producerId(bytes, position)
      while (toBegin[0] !== undefined && toBegin[0].firstOffset <= batch.lastOffset(bytes, position))
        aborted.add(toBegin.shift()!.producerId)
      if (batch.isControl(bytes, position)) {
        if (readControl(bytes, position)?.type === 'abort') aborted.delete(producerId)
      } else if (!aborted.has(producerId)) {
        for (const { value } of records(bytes, position)) values.push(value!.toString())
      }
    }
    return values
  }

  async #offsets(): Promise<Map<string, number>> {
    const offsets = new Map<string, number>()
    for (const groupId of this.#kinds.keys()) {
      const topics = [{ topic: 't', partitions: [0] }]
      const [topic] = await this.#broker.groups.ask({ type: 'fetchOffsets', groupId, topics, requireStable: true })
      const { offset, error } = topic!.partitions[0]!
      if (error !== 'NONE') throw new Error(`the offset of ${groupId}: ${error}`)
      offsets.set(groupId, offset)
    }
    return offsets
  }
}
