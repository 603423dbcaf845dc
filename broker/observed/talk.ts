/**
 * A talk with a broker: requests go out as an exchange says, answers are written down. The same exchange talks to Kafka
 * when it is recorded and to Samsa when it is compared.
 */
import { type Release, advertisedBy } from '../../protocol/releases.ts'
import { CreateTopics, ListOffsets } from '../../protocol/messages/index.ts'
import { codeOf } from '../../protocol/errors.ts'
import type { Api, RequestWrite, ResponseRead } from '../../protocol/schema/notation.ts'
import { decodeResponse } from '../../protocol/wire/frames.ts'
import { RawClient } from '../testing/raw-client.ts'
import { Names } from './names.ts'
import { render } from './render.ts'
import type { Played, Step } from './transcript.ts'

/** How a request is asked and its answer shown. */
export interface AskOptions<A extends Api> {
  /** Takes from the answer what the exchange is about: other exchanges leave topics and groups behind. */
  readonly pick?: (answer: ResponseRead<A>) => ResponseRead<A>
  /** The order of lists counts. */
  readonly ordered?: boolean
  /** Ask again, for a few seconds, until the answer is like this: where Kafka does things behind its answers. */
  readonly until?: (answer: ResponseRead<A>) => boolean
}

/** Versions to ask in, both ends included; by default all that the release speaks. */
export interface EachOptions<A extends Api> extends AskOptions<A> {
  readonly from?: number
  readonly to?: number
}

/** A topic made for an exchange. */
export interface MadeTopic {
  readonly name: string
  readonly id: string
}

/** Which broker is talked to, and how. */
export interface Partner {
  /** `host:port`. */
  readonly address: string
  /** What it speaks, or is compared with. */
  readonly release: Release
  /** Stands before all names, so that exchanges can be played again on the same broker. */
  readonly run: string
  /** Lets time pass for the broker, in ms: by waiting, or by moving its clock. */
  readonly pass: (ms: number) => Promise<void>
}

/** How long an answer, or the answer that is waited for, may take; longer than any wait that an exchange asks for. */
const patienceMs = 10_000
const pauseMs = 20

/** One exchange being played. */
export class Talk {
  readonly #partner: Partner
  readonly #names: Names
  readonly #steps: Step[]
  readonly #shared: { fresh: number; readonly talks: Talk[] }
  readonly #id: string
  #client: RawClient | null = null
  /** Why the last request had no answer. */
  #ending = ''

  constructor(partner: Partner, id: string, from?: Talk) {
    this.#partner = partner
    this.#id = id
    this.#names = from === undefined ? new Names() : from.#names
    this.#steps = from === undefined ? [] : from.#steps
    this.#shared = from === undefined ? { fresh: 0, talks: [] } : from.#shared
    this.#shared.talks.push(this)
  }

  /** What was played. */
  get played(): Played {
    return { id: this.#id, steps: this.#steps }
  }

  /** Another connection of the same exchange. */
  another(): Talk {
    return new Talk(this.#partner, this.#id, this)
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    for (const talk of this.#shared.talks) await talk.disconnect()
  }

  /** Ends this connection; the next request opens a new one. */
  async disconnect(): Promise<void> {
    const client = this.#client
    this.#client = null
    await client?.close()
  }

  /** Lets time pass for the broker. */
  pass(ms: number): Promise<void> {
    return this.#partner.pass(ms)
  }

  /** A name that no other exchange uses, shown as `base`. Names sort in the order in which they were asked for. */
  fresh(base: string): string {
    const name = `${this.#partner.run}${this.#id}-${String(++this.#shared.fresh).padStart(3, '0')}-${base}`
    this.#names.alias(name, base)
    return name
  }

  /** From now on an id that the broker gave is shown as `shown`. */
  named(real: string, shown: string): void {
    this.#names.alias(real, shown)
  }

  /** Versions of an API that the release speaks, lowest first. */
  versions(api: Api, from = 0, to = Number.POSITIVE_INFINITY): readonly number[] {
    const range = advertisedBy(this.#partner.release).get(api.key)
    if (range === undefined) throw new Error(`Kafka ${this.#partner.release} doesn't speak ${api.name}`)
    const versions: number[] = []
    for (let version = Math.max(from, range.min); version <= Math.min(to, range.max); version++) versions.push(version)
    return versions
  }

  /** The newest version of an API that the release speaks. */
  newest(api: Api): number {
    return this.versions(api).at(-1)!
  }

  /** Asks and writes the answer down under `label`. Resolves to null if the broker closed the connection or kept silent. */
  async ask<A extends Api>(
    label: string,
    api: A,
    version: number,
    request: RequestWrite<A>,
    options: AskOptions<A> = {},
  ): Promise<ResponseRead<A> | null> {
    const answers = this.#answersOf(label, api)
    // The place is taken now: answers of a second connection may overtake.
    answers.set(version, 'no answer')
    const answer = await this.#stable(api, version, request, options.until)
    const shown = answer === null ? null : (options.pick?.(answer) ?? answer)
    answers.set(version, shown === null ? this.#ending : render(api, version, shown, this.#names, options.ordered))
    return answer
  }

  /** Asks in each version that the release speaks. */
  async each<A extends Api>(
    label: string,
    api: A,
    request: (version: number) => RequestWrite<A> | Promise<RequestWrite<A>>,
    options: EachOptions<A> = {},
  ): Promise<void> {
    for (const version of this.versions(api, options.from, options.to)) {
      await this.ask(label, api, version, await request(version), options)
    }
  }

  /** Asks without writing the answer down: what an exchange needs first. Fails if the connection is closed. */
  async quietly<A extends Api>(api: A, version: number, request: RequestWrite<A>): Promise<ResponseRead<A>> {
    const answer = await this.#once(api, version, request)
    if (answer === null) throw new Error(`${this.#id}: ${api.name} ${version} closed the connection`)
    return answer
  }

  /** Sends a frame as it is, and writes down the answer as one of `api` in `version`, under `label` and `asked`. */
  async frame<A extends Api>(
    label: string,
    api: A,
    asked: number,
    frame: readonly Buffer[],
    version = asked,
  ): Promise<void> {
    const answers = this.#answersOf(label, api)
    answers.set(asked, 'no answer')
    const answer = await this.#waited(client => client.exchange(frame))
    const shown =
      answer === null ? this.#ending : render(api, version, decodeResponse(api, version, answer).response, this.#names)
    answers.set(asked, shown)
  }

  /** Sends a request that has no answer. */
  async send<A extends Api>(api: A, version: number, request: RequestWrite<A>): Promise<void> {
    ;(await this.#connected()).send(api, version, request)
  }

  /** A topic that can be written to. */
  async topic(base: string, partitions = 1, configs: Readonly<Record<string, string>> = {}): Promise<MadeTopic> {
    const name = this.fresh(base)
    const created = await this.quietly(CreateTopics, 7, {
      topics: [
        {
          name,
          numPartitions: partitions,
          replicationFactor: 1,
          assignments: [],
          configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
        },
      ],
      timeoutMs: 10_000,
    })
    const [topic] = created.topics
    if (topic?.errorCode !== 0) throw new Error(`${this.#id}: no topic ${base}: ${topic?.errorMessage}`)
    await this.leads(name, partitions)
    this.#names.alias(topic.topicId, `id of ${base}`)
    return { name, id: topic.topicId }
  }

  /** Resolves when the broker leads all partitions of a topic. */
  async leads(name: string, partitions: number): Promise<void> {
    const request = {
      replicaId: -1,
      topics: [
        {
          name,
          partitions: Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp: -1 })),
        },
      ],
    }
    await this.#stable(ListOffsets, 5, request, answer =>
      answer.topics.every(topic => topic.partitions.every(({ errorCode }) => errorCode === codeOf('NONE'))),
    )
  }

  #answersOf(label: string, api: Api): Map<number, string> {
    const full = `${api.name}: ${label}`
    let step = this.#steps.find(({ label }) => label === full)
    if (step === undefined) {
      step = { label: full, answers: new Map() }
      this.#steps.push(step)
    }
    return step.answers
  }

  async #stable<A extends Api>(
    api: A,
    version: number,
    request: RequestWrite<A>,
    until?: (answer: ResponseRead<A>) => boolean,
  ): Promise<ResponseRead<A> | null> {
    const deadline = performance.now() + patienceMs
    for (;;) {
      const answer = await this.#once(api, version, request)
      if (answer === null || until === undefined || until(answer) || performance.now() > deadline) return answer
      await new Promise(resolve => setTimeout(resolve, pauseMs))
    }
  }

  #once<A extends Api>(api: A, version: number, request: RequestWrite<A>): Promise<ResponseRead<A> | null> {
    return this.#waited(client => client.request(api, version, request))
  }

  /** Null if the broker closes the connection or says nothing in time; then there is a new connection the next time. */
  async #waited<T>(ask: (client: RawClient) => Promise<T>): Promise<T | null> {
    const client = await this.#connected()
    let over = false
    let overdue = false
    const closed = client.closed.then(() => {
      over = true
    })
    const timer = setTimeout(() => {
      overdue = true
      void client.close()
    }, patienceMs)
    try {
      return await ask(client)
    } catch (error) {
      // The socket's end and the failure of what waits on it come in the same turn.
      await Promise.race([closed, new Promise(resolve => setImmediate(resolve))])
      if (!over) throw error
      this.#client = null
      this.#ending = overdue ? 'no answer' : 'closes the connection'
      return null
    } finally {
      clearTimeout(timer)
    }
  }

  async #connected(): Promise<RawClient> {
    this.#client ??= await RawClient.connect(this.#partner.address)
    return this.#client
  }
}
