/** What producers of a simulation did and were told, and what readers must therefore see. */

/** One transaction as its producer knows it. */
export interface Attempted {
  /** For people: the producer and the number of its transaction. */
  readonly name: string
  readonly transactionalId: string
  /** What was sent, by partition. */
  readonly values: { readonly index: number; readonly value: string }[]
  /** The offset that it commits for its group; null: none. Rises from transaction to transaction. */
  offset: number | null
  /** Whether an EndTxn that commits it was ever sent. */
  commitSent: boolean
  /** What the producer was told. */
  told: 'committed' | 'aborted' | 'nothing'
}

/** What a read-committed reader finds in the end. */
export interface Seen {
  /** By partition, in order. */
  readonly values: readonly (readonly string[])[]
  /** By transactional id; −1: none. */
  readonly offsets: ReadonlyMap<string, number>
}

/** Collects transactions and judges what came of them. */
export class TransactionHistory {
  readonly #attempted: Attempted[] = []
  #offsets = 0

  begin(name: string, transactionalId: string): Attempted {
    const attempted: Attempted = {
      ...{ name, transactionalId, values: [], offset: null, commitSent: false, told: 'nothing' },
    }
    this.#attempted.push(attempted)
    return attempted
  }

  nextOffset(): number {
    return ++this.#offsets
  }

  /** How many were told to be committed. */
  get committed(): number {
    return this.#attempted.filter(({ told }) => told === 'committed').length
  }

  /** Fails with an Error that names the invariant. */
  judge(seen: Seen): void {
    const counts = new Map<string, number>()
    for (const [index, values] of seen.values.entries()) {
      for (const value of values) counts.set(`${index} ${value}`, (counts.get(`${index} ${value}`) ?? 0) + 1)
    }
    const lastOffsets = new Map<string, number>()
    for (const attempted of this.#attempted) {
      const visible = attempted.values.map(({ index, value }) => counts.get(`${index} ${value}`) ?? 0)
      if (visible.some(count => count > 1)) throw new Error(`${attempted.name}: a record is there twice`)
      const some = visible.some(count => count === 1)
      const all = visible.every(count => count === 1)
      if (attempted.told === 'committed' && !all)
        throw new Error(`${attempted.name}: committed, and records are missing`)
      if (some && !attempted.commitSent) throw new Error(`${attempted.name}: never committed, and visible`)
      if (some && attempted.told === 'aborted') throw new Error(`${attempted.name}: aborted, and visible`)
      if (some && !all) throw new Error(`${attempted.name}: visible here and not there`)
      const took = attempted.values.length === 0 ? attempted.told === 'committed' : all
      if (took && attempted.offset !== null) lastOffsets.set(attempted.transactionalId, attempted.offset)
    }
    for (const [transactionalId, offset] of seen.offsets) {
      const expected = lastOffsets.get(transactionalId) ?? -1
      if (offset !== expected)
        throw new Error(
          `${transactionalId}: offset ${offset} is committed, its last visible transaction has ${expected}`,
        )
    }
  }
}
