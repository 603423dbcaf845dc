/**
 * The incremental fetch sessions of this broker (KIP-227): what lets an idle consumer of hundreds of partitions send and
 * receive tens of bytes. Bounded by `max.incremental.fetch.session.cache.slots`, with Kafka's rules of eviction.
 */
import { KafkaError } from '../../protocol/errors.ts'
import type { Clock, Random } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { FetchSession } from './fetch/fetch-session.ts'

/** A session unused for this long may be evicted for any other; a younger one only for a larger one. */
const EVICTION_MS = 120_000

/** What the sessions are built on. */
export interface FetchSessionsDeps {
  readonly config: Config
  readonly clock: Clock
  readonly random: Random
}

/** All sessions of a broker. */
export class FetchSessions {
  readonly #deps: FetchSessionsDeps
  /** In the order of their last use. */
  readonly #sessions = new Map<number, FetchSession>()

  constructor(deps: FetchSessionsDeps) {
    this.#deps = deps
  }

  get size(): number {
    return this.#sessions.size
  }

  /**
   * The session of an incremental request. Throws FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH for an epoch that isn't the
   * session's next, FETCH_SESSION_TOPIC_ID_ERROR if it was opened by names and is now used by ids, or the other way round.
   */
  find(id: number, epoch: number, byTopicId: boolean): FetchSession {
    const session = this.#sessions.get(id)
    if (session === undefined) throw new KafkaError('FETCH_SESSION_ID_NOT_FOUND', `no fetch session ${id}`)
    if (session.epoch !== epoch)
      throw new KafkaError('INVALID_FETCH_SESSION_EPOCH', `fetch session ${id} expects epoch ${session.epoch}`)
    if (session.byTopicId !== byTopicId)
      throw new KafkaError('FETCH_SESSION_TOPIC_ID_ERROR', `fetch session ${id} was opened in another form`)
    return session
  }

  /** The session is used now. */
  touch(session: FetchSession): void {
    session.lastUsedMs = this.#deps.clock.monotonic()
    if (this.#sessions.delete(session.id)) this.#sessions.set(session.id, session)
  }

  remove(id: number): void {
    this.#sessions.delete(id)
  }

  /** Forgets all: whoever had one opens another. */
  clear(): void {
    this.#sessions.clear()
  }

  /** Opens a session with what a full fetch asked for, if there is room or one of less use gives way; null if not. */
  open(session: FetchSession): number {
    if (!this.#makeRoom(session)) return 0
    let id: number
    do id = 1 + this.#deps.random.integer(0x7fffffff)
    while (this.#sessions.has(id))
    session.opened(id, this.#deps.clock.monotonic())
    this.#sessions.set(id, session)
    return id
  }

  #makeRoom(session: FetchSession): boolean {
    const slots = this.#deps.config.get('max.incremental.fetch.session.cache.slots')
    if (this.#sessions.size < slots) return true
    const now = this.#deps.clock.monotonic()
    const oldest = this.#sessions.values().next().value
    if (oldest === undefined) return false
    if (now - oldest.lastUsedMs > EVICTION_MS) {
      this.#sessions.delete(oldest.id)
      return true
    }
    const smallest = this.#smallestOld(now)
    if (smallest === null || smallest.size > session.size) return false
    this.#sessions.delete(smallest.id)
    return true
  }

  /** The session of the fewest partitions among those opened long enough ago. */
  #smallestOld(now: number): FetchSession | null {
    let smallest: FetchSession | null = null
    for (const session of this.#sessions.values())
      if (now - session.openedMs > EVICTION_MS && (smallest === null || session.size < smallest.size))
        smallest = session
    return smallest
  }
}
