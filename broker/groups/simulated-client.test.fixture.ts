/** The members of a simulation, and what must hold of them. */
import type { RequestId } from '../coordinator/machine.ts'

/** A member of the simulated group. */
export interface Client {
  readonly name: string
  readonly instance: string | null
  memberId: string
  generation: number
  /** What it does next: it was told to join, it has a generation, or it has an assignment. */
  phase: 'out' | 'joined' | 'assigned'
  /** The members to assign to, if it leads. */
  toAssign: readonly string[] | null
  owned: readonly number[]
  waiting: RequestId | null
  nextBeatAt: number
  alive: boolean
}

/** What must hold, checked as replies come. */
export class Invariants {
  readonly #owners = new Map<string, string>()
  readonly #committed = new Map<number, number>()
  /** The last generation that was given its assignment. */
  #assigned = 0

  /** One owner per partition and generation. A static member that restarts is the same owner. */
  oneOwner(client: Client): void {
    this.#assigned = Math.max(this.#assigned, client.generation)
    for (const partition of client.owned) {
      const key = `${client.generation} ${partition}`
      const owner = client.instance ?? client.memberId
      const known = this.#owners.get(key)
      if (known !== undefined && known !== owner)
        throw new Error(`generation ${client.generation}: ${known} and ${owner} own partition ${partition}`)
      this.#owners.set(key, owner)
    }
  }

  /** Only the last generation that was given its assignment commits: who lost a partition can't. */
  acknowledged(generation: number, partition: number, offset: number): void {
    if (generation < this.#assigned)
      throw new Error(`generation ${generation} committed after generation ${this.#assigned} was assigned`)
    this.#committed.set(partition, offset)
  }

  /** Committed offsets never go back unasked: what is fetched is what was acknowledged last. */
  fetched(partition: number, offset: number): void {
    const expected = this.#committed.get(partition) ?? -1
    if (offset !== expected) throw new Error(`partition ${partition}: fetched ${offset}, acknowledged ${expected}`)
  }
}

/** A client that has just started; a static one comes back under its static id. */
export const newClient = (number: number, instance: string | null): Client => ({
  name: `c${number}`,
  instance,
  memberId: '',
  generation: -1,
  phase: 'out',
  toAssign: null,
  owned: [],
  waiting: null,
  nextBeatAt: 0,
  alive: true,
})
