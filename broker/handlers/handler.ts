/**
 * The shape of a handler: one file per API, the same name as in protocol/messages, listed in `index.ts`. ApiVersions is
 * derived from that list.
 */
import type { KafkaError } from '../../protocol/errors.ts'
import type { Api, RequestOf, ResponseOf } from '../../protocol/schema/notation.ts'
import type { Broker } from '../broker.ts'
import type { Client, Principal } from '../client.ts'

/** All that a handler knows of a request besides its body. */
export interface Context {
  readonly apiVersion: number
  readonly clientId: string | null
  readonly principal: Principal
  readonly client: Client
  /** This request has its place in the log: a following Produce may start. */
  placed(): void
  /** This request waits for something that may take long: any following request may start. Answers keep their order. */
  parked(): void
  /** Room for this request's answer among those that clients haven't taken: read no more than that, but for one batch. */
  answerRoom(): number
  /**
   * Asks for room among the answers that clients haven't taken; the amount granted, 0 ≤ granted ≤ wanted. Given back when
   * the socket took this request's answer.
   */
  reserveAnswer(wantedBytes: number): number
  /** Calls when the socket took the answer or the connection ended: for `Slice.release`. */
  onSent(listener: () => void): void
}

/** What serves one API. */
export interface Handler<A extends Api = Api> {
  readonly api: A
  /** Versions served, when fewer than the declaration's. */
  readonly versions?: { readonly min: number; readonly max: number }
  /**
   * Answers. `null` is no answer (acks=0). A thrown KafkaError fails the whole request through `refuse`; anything else is a
   * bug, logged with its stack and answered UNKNOWN_SERVER_ERROR.
   */
  handle(request: RequestOf<A>, context: Context, broker: Broker): ResponseOf<A> | null | Promise<ResponseOf<A> | null>
  /** The whole request failed: says so in every place a client may look. */
  refuse(request: RequestOf<A>, error: KafkaError, context: Context): ResponseOf<A>
}

/** Declares a handler; types come from the API's declaration. */
export const handler = <A extends Api>(api: A, parts: Omit<Handler<A>, 'api'>): Handler<A> => ({ api, ...parts })
