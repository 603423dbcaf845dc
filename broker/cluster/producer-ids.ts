/**
 * Producer ids, from durable blocks, so that none is ever given out twice.
 */

/** A block of ids: [first, first + count). */
export interface ProducerIdBlock {
  readonly first: number
  readonly count: number
}

/** Gives out producer ids one by one. */
export class ProducerIds {
  readonly #source: { allocateProducerIds(): Promise<ProducerIdBlock> }
  #next = 0
  #end = 0
  #fetching: Promise<void> | null = null

  /** @param source where blocks come from: the controller. */
  constructor(source: { allocateProducerIds(): Promise<ProducerIdBlock> }) {
    this.#source = source
  }

  /** An id that nobody has; at once while the block lasts. Rejects with the KafkaError of a block that can't be had. */
  next(): number | Promise<number> {
    return this.#next < this.#end ? this.#next++ : this.#afterNextBlock()
  }

  async #afterNextBlock(): Promise<number> {
    while (this.#next === this.#end) {
      this.#fetching ??= this.#fetch().finally(() => {
        this.#fetching = null
      })
      await this.#fetching
    }
    return this.#next++
  }

  async #fetch(): Promise<void> {
    const { first, count } = await this.#source.allocateProducerIds()
    this.#next = first
    this.#end = first + count
  }
}
