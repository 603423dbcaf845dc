/**
 * Which partitions a Fetch request is about: its own, those of a session it opens, or those of a session it goes on with.
 */
import type { Fetch } from '../../../protocol/messages/fetch.ts'
import type { RequestOf } from '../../../protocol/schema/notation.ts'
import { FetchSession } from './fetch-session.ts'
import type { FetchSessions } from '../fetch-sessions.ts'
import type { FetchTarget } from './fetch-target.ts'

/** In a request: no session. In a session's life: the epoch that ends it. */
const FINAL_EPOCH = -1
const INITIAL_EPOCH = 0

/** `opening`: the session gets its id with the answer. `incremental`: only what changed is answered. */
export type FetchPlan =
  | { readonly kind: 'sessionless'; readonly targets: readonly FetchTarget[]; readonly session: null }
  | {
      readonly kind: 'opening' | 'incremental'
      readonly targets: readonly FetchTarget[]
      readonly session: FetchSession
    }

/**
 * Plans a request, and moves its session on. Throws KafkaError FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH,
 * FETCH_SESSION_TOPIC_ID_ERROR.
 */
export const planFetch = (request: RequestOf<typeof Fetch>, apiVersion: number, sessions: FetchSessions): FetchPlan => {
  const { sessionId, sessionEpoch } = request
  const byTopicId = apiVersion >= 13
  if (sessionEpoch === FINAL_EPOCH || sessionEpoch === INITIAL_EPOCH) {
    if (sessionId !== 0) sessions.remove(sessionId)
    // Also without a session: of a partition that is asked for twice the last one counts, as in Kafka.
    const session = new FetchSession(byTopicId)
    session.update(request)
    const targets = [...session.targets()]
    if (sessionEpoch === FINAL_EPOCH) return { kind: 'sessionless', targets, session: null }
    return { kind: 'opening', targets, session }
  }
  const session = sessions.find(sessionId, sessionEpoch, byTopicId)
  session.update(request)
  if (session.size === 0) {
    sessions.remove(sessionId)
    return { kind: 'sessionless', targets: [], session: null }
  }
  session.advance()
  sessions.touch(session)
  return { kind: 'incremental', targets: [...session.targets()], session }
}
