/**
 * The way of requests to a simulated broker: they are delivered in any order, late, twice or never, and answers get lost.
 */
import type { Api, RequestWrite, ResponseRead } from '../../protocol/schema/notation.ts'
import type { GroupBroker } from '../groups/group-broker.test.fixture.ts'
import type { Handler } from '../handlers/handler.ts'
import type { SeededRandom } from '../testing/seeded-random.ts'

/** What a client sees when no answer comes. */
export const LOST = 'lost'

interface Message {
  readonly sender: object
  /** Hands it to the broker; the answer, if it is still waited for, goes to the sender. */
  readonly deliver: (broker: GroupBroker) => void
  /** The sender stops waiting. */
  readonly lose: () => void
}

/** Messages under way. Everything happens when a step of the simulation says so. */
export class SimulatedWire {
  readonly #random: SeededRandom
  /** Waited for by their senders. */
  #pending: Message[] = []
  /** Those that the broker has and hasn't answered. */
  readonly #inWork = new Set<() => void>()
  /** Copies that nobody waits for. */
  #late: Message[] = []
  /** Whether messages are lost, repeated and delayed. */
  troubled = true

  constructor(random: SeededRandom) {
    this.#random = random
  }

  get pending(): number {
    return this.#pending.length
  }

  get late(): number {
    return this.#late.length
  }

  /** Resolves to the answer, or LOST: then it may have arrived, or still arrive. Rejects with a broker's bug. */
  request<A extends Api>(
    sender: object,
    handler: Handler<A>,
    version: number,
    request: RequestWrite<A>,
  ): Promise<ResponseRead<A> | typeof LOST> {
    return new Promise((resolve, reject) => {
      const lose = (): void => resolve(LOST)
      const deliver = (broker: GroupBroker): void => {
        this.#inWork.add(lose)
        broker.ask(handler, version, request).then(answer => {
          this.#inWork.delete(lose)
          resolve(this.#chance(0.05) ? LOST : answer)
        }, reject)
      }
      this.#pending.push({ sender, deliver, lose })
    })
  }

  /** One message is delivered, lost, or kept for later. */
  step(broker: GroupBroker): void {
    if (this.#late.length > 0 && this.#chance(0.1)) this.#take(this.#late).deliver(broker)
    if (this.#pending.length === 0) return
    const message = this.#take(this.#pending)
    if (this.#chance(0.06)) {
      message.lose()
      if (this.#chance(0.6)) this.#late.push(message)
      return
    }
    if (this.#chance(0.08)) this.#late.push(message)
    message.deliver(broker)
  }

  /** The broker died: whoever waits is told nothing. */
  crash(): void {
    for (const lose of this.#inWork) lose()
    this.#inWork.clear()
    for (const message of this.#pending.splice(0)) {
      message.lose()
      if (this.#chance(0.3)) this.#late.push(message)
    }
  }

  /** The sender's connection ended, and with it what was under way. */
  disconnect(sender: object): void {
    this.#late = this.#late.filter(message => message.sender !== sender)
  }

  /** The sender isn't there any more, what it sent may still arrive. */
  abandon(sender: object): void {
    for (const message of this.#pending.filter(message => message.sender === sender)) {
      message.lose()
      this.#late.push(message)
    }
    this.#pending = this.#pending.filter(message => message.sender !== sender)
  }

  #take(messages: Message[]): Message {
    return messages.splice(this.#random.integer(messages.length), 1)[0]!
  }

  #chance(probability: number): boolean {
    return this.troubled && this.#random.fraction() < probability
  }
}
