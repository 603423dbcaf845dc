import test from 'ava'
import { SeededRandom } from '../testing/seeded-random.ts'
import type { MarkerOutcome, TransactionReplies } from './transaction-events.ts'
import { TransactionWorld } from './transaction-world.test.fixture.ts'
import { LAST_EPOCH, NONE, type Transaction } from './transaction.ts'

const IDS = ['a', 'b', 'c']
const PARTITIONS = [0, 1, 2].map(partition => ({ topic: 't', partition }))

/** One machine under random events. */
class Play {
  readonly world = new TransactionWorld()
  readonly #random: SeededRandom
  #producerIds = 0

  constructor(seed: number) {
    this.#random = new SeededRandom(seed)
    this.world.settings.timeoutCheckIntervalMs = 1000
    this.world.settings.idExpirationMs = 60_000
    this.world.settings.idExpirationCheckIntervalMs = 20_000
    this.world.settings.transactionVersion = this.#random.integer(3)
    if (seed % 2 === 1) for (const [index, id] of IDS.entries()) this.#ageId(id, 1_000_000 + index)
  }

  /** Its epochs are nearly used up. */
  #ageId(transactionalId: string, producerId: number): void {
    const known = { transactionalId, producerId, previousProducerId: producerId, timeoutMs: 5000 }
    const rest = { nextProducerId: NONE, lastProducerEpoch: NONE, lastUpdateMs: this.world.now.wall, startMs: NONE }
    const producerEpoch = LAST_EPOCH - this.#random.integer(5)
    const transaction = { ...known, ...rest, producerEpoch, clientVersion: 0, state: 'Empty', partitions: new Map() }
    this.world.place({ transactionalId, transaction: transaction as Transaction, valueVersion: 1 })
  }

  describe(transactionalId: string): Transaction | null {
    const { effects } = this.world.ask(request => ({ type: 'describe', request, transactionalId }))
    const [effect] = effects
    if (effect?.type !== 'reply') throw new Error('no reply')
    return effect.reply as TransactionReplies['describe']
  }

  all(): readonly (Transaction | null)[] {
    return IDS.map(id => this.describe(id))
  }

  step(): void {
    const transactionalId = this.#one(IDS)
    const known = this.describe(transactionalId)
    // Mostly as its producer would ask, sometimes as one of before or after it.
    const producerEpoch = (known?.producerEpoch ?? 0) + this.#one([0, 0, 0, 0, -1, 1])
    const own = { transactionalId, producerId: known?.producerId ?? 0, producerEpoch }
    const clientVersion = this.#one([0, 2])
    const freshProducerId = ++this.#producerIds
    const dice = this.#random.integer(10)
    if (dice === 0) {
      const asked = this.#random.integer(2) === 0 ? own : { ...own, producerId: NONE, producerEpoch: NONE }
      this.world.ask(request => ({ type: 'init', request, ...asked, timeoutMs: 5000, freshProducerId }))
    } else if (dice < 4) {
      const partitions = PARTITIONS.slice(this.#random.integer(3))
      const verifyOnly = this.#random.integer(4) === 0
      this.world.ask(request => ({ type: 'addPartitions', request, ...own, verifyOnly, clientVersion, partitions }))
    } else if (dice < 6) {
      const committed = this.#random.integer(2) === 0
      this.world.ask(request => ({ type: 'end', request, ...own, committed, clientVersion, freshProducerId }))
    } else if (dice < 8) {
      this.#answer()
    } else {
      this.world.pass(this.#random.integer(3000))
    }
  }

  #answer(): void {
    if (this.world.calls.length === 0) return
    const call = this.#one(this.world.calls)
    this.world.take(call)
    const outcomes = call.marker.partitions.map(() => this.#one<MarkerOutcome>(['written', 'written', 'again', 'gone']))
    const { id, transactionalId } = call
    this.world.ask(() => ({ type: 'markers', call: id, transactionalId, outcomes }))
  }

  #one<T>(of: readonly T[]): T {
    return of[this.#random.integer(of.length)]!
  }
}

test('a machine that is loaded again stands where the one before stood, but for the last epoch', t => {
  for (let seed = 1; seed <= 60; seed++) {
    const play = new Play(seed)
    for (let round = 0; round < 15; round++) {
      for (let step = 0; step < 20; step++) play.step()
      const before = play.all().map(known => (known === null ? null : { ...known, lastProducerEpoch: NONE }))
      play.world.restart()
      // The old form of the record has no room for what only the second version of transactions asks.
      const forgets = play.world.settings.transactionVersion === 0
      const bare = (known: Transaction | null) => (known === null ? null : { ...known, previousProducerId: NONE })
      const after = play.all()
      t.deepEqual(forgets ? after.map(bare) : after, forgets ? before.map(bare) : before, `seed ${seed}`)
    }
  }
})

test('whatever is asked, epochs of a producer id never fall, and ids are never given twice', t => {
  for (let seed = 101; seed <= 160; seed++) {
    const play = new Play(seed)
    const seen = new Map<string, Transaction>()
    const owners = new Map<number, string>()
    for (let step = 0; step < 400; step++) {
      play.step()
      for (const known of play.all()) {
        if (known === null) continue
        const before = seen.get(known.transactionalId)
        t.true(known.producerEpoch <= LAST_EPOCH + 1, `seed ${seed}`)
        if (before?.producerId === known.producerId) t.true(known.producerEpoch >= before.producerEpoch, `seed ${seed}`)
        seen.set(known.transactionalId, known)
        const owner = owners.get(known.producerId) ?? known.transactionalId
        t.is(owner, known.transactionalId, `seed ${seed}`)
        owners.set(known.producerId, owner)
      }
    }
  }
})

test('only an open transaction has partitions, or one that is being ended', t => {
  for (let seed = 201; seed <= 240; seed++) {
    const play = new Play(seed)
    for (let step = 0; step < 400; step++) {
      play.step()
      for (const known of play.all()) {
        if (known === null) continue
        const { state, partitions } = known
        t.is(partitions.size > 0, state === 'Ongoing' || state.startsWith('Prepare'), `seed ${seed}: ${state}`)
      }
    }
  }
})
