/**
 * One append a turn of the event loop for all partitions: what the requests of a turn decided goes to the engine in one
 * call, which is one write and one sync where the engine has those.
 */
import type { AppendOutcomes, AppendRequest, Appended, Engine } from '../../storage/engine.ts'

/** A log with appends waiting. Between `takeTurn` and its outcome it must not be enqueued again. */
export interface Appending {
  /** What to append now; null if nothing is left to append. */
  takeTurn(): AppendRequest | null
  /** The outcome of what `takeTurn` gave. */
  settle(outcome: Appended): void
  /** The outcome isn't known: the engine failed in a way that isn't an outcome. */
  settleUnknown(cause: unknown): void
}

/** The one appender of a broker. */
export class Appender {
  readonly #engine: Pick<Engine, 'append'>
  #waiting: Appending[] = []
  #scheduled = false

  constructor(engine: Pick<Engine, 'append'>) {
    this.#engine = engine
  }

  /** Has its turn after all input that this turn of the loop has read. */
  enqueue(log: Appending): void {
    this.#waiting.push(log)
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#turn)
  }

  readonly #turn = (): void => {
    this.#scheduled = false
    const waiting = this.#waiting
    this.#waiting = []
    const requests: AppendRequest[] = []
    const owners: Appending[] = []
    for (const log of waiting) {
      const request = log.takeTurn()
      if (request === null) continue
      requests.push(request)
      owners.push(log)
    }
    if (requests.length > 0) this.#append(requests, owners)
  }

  #append(requests: readonly AppendRequest[], owners: readonly Appending[]): void {
    let outcomes: AppendOutcomes
    try {
      outcomes = this.#engine.append(requests)
    } catch (error) {
      for (const owner of owners) owner.settleUnknown(error)
      return
    }
    if (!(outcomes instanceof Promise)) {
      settle(owners, outcomes)
      return
    }
    outcomes.then(
      settled => settle(owners, settled),
      (error: unknown) => {
        for (const owner of owners) owner.settleUnknown(error)
      },
    )
  }
}

const settle = (owners: readonly Appending[], outcomes: readonly (Appended | Promise<Appended>)[]): void => {
  for (let index = 0; index < owners.length; index++) {
    const owner = owners[index]!
    const outcome = outcomes[index]!
    if (outcome instanceof Promise)
      outcome.then(
        settled => owner.settle(settled),
        (error: unknown) => owner.settleUnknown(error),
      )
    else owner.settle(outcome)
  }
}
