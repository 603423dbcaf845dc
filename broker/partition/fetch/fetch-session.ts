/**
 * One incremental fetch session (KIP-227): the partitions that a client follows, in the order in which they are served next.
 */
import type { Fetch } from '../../../protocol/messages/fetch.ts'
import type { RequestOf } from '../../../protocol/schema/notation.ts'
import { FetchTarget } from './fetch-target.ts'

type FetchRequest = RequestOf<typeof Fetch>

/** The epoch after the largest is 1: 0 opens a session. */
const MAX_EPOCH = 0x7fffffff

/** One session. It is known by an id once `FetchSessions` has opened it. */
export class FetchSession {
  /** Whether it names topics by id (Fetch 13 and later). */
  readonly byTopicId: boolean
  readonly #targets = new Map<string, FetchTarget>()
  #id = 0
  #epoch = 1
  #openedMs = 0
  /** Monotonic ms. */
  lastUsedMs = 0

  constructor(byTopicId: boolean) {
    this.byTopicId = byTopicId
  }

  /** Never 0 once opened. */
  get id(): number {
    return this.#id
  }

  /** What the next request of the session must carry. */
  get epoch(): number {
    return this.#epoch
  }

  /** Monotonic ms. */
  get openedMs(): number {
    return this.#openedMs
  }

  /** Partitions in it. */
  get size(): number {
    return this.#targets.size
  }

  targets(): Iterable<FetchTarget> {
    return this.#targets.values()
  }

  opened(id: number, nowMs: number): void {
    this.#id = id
    this.#openedMs = nowMs
    this.lastUsedMs = nowMs
  }

  /** An incremental request came. */
  advance(): void {
    this.#epoch = this.#epoch === MAX_EPOCH ? 1 : this.#epoch + 1
  }

  /** Takes what a request adds, changes and forgets. */
  update(request: Pick<FetchRequest, 'topics' | 'forgottenTopicsData'>): void {
    for (const topic of request.topics) {
      for (const partition of topic.partitions) {
        const key = this.#key(topic, partition.partition)
        const known = this.#targets.get(key)
        if (known === undefined) this.#targets.set(key, new FetchTarget(topic, partition))
        else known.update(partition)
      }
    }
    for (const topic of request.forgottenTopicsData)
      for (const index of topic.partitions) this.#targets.delete(this.#key(topic, index))
  }

  /** The partition was served: others come first next time. */
  moveToEnd(target: FetchTarget): void {
    const key = this.#key({ topic: target.topicName, topicId: target.topicId }, target.index)
    if (this.#targets.delete(key)) this.#targets.set(key, target)
  }

  #key(topic: { readonly topic: string; readonly topicId: string }, index: number): string {
    return `${index} ${this.byTopicId ? topic.topicId : topic.topic}`
  }
}
