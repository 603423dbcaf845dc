/**
 * From a frame to a handler and back: header, API and version, body, the handler's answer or refusal. The only place,
 * besides `each`, where a KafkaError is caught.
 */
import type { Logger } from 'pino'
import { KafkaError } from '../../protocol/errors.ts'
import { ApiVersions } from '../../protocol/messages/api-versions.ts'
import { Produce } from '../../protocol/messages/produce.ts'
import { isFlexible, versionsOf } from '../../protocol/schema/codec.ts'
import { decodeRequest, encodeResponse } from '../../protocol/wire/frames.ts'
import { type Header, readRequestHeader } from '../../protocol/wire/headers.ts'
import { Reader } from '../../protocol/wire/reader.ts'
import type { Broker } from '../broker.ts'
import type { Client, Principal } from '../client.ts'
import type { Context, Handler } from '../handlers/handler.ts'
import { PendingRequest } from './requests.ts'

/** What dispatch tells a connection. */
export interface Answerer extends Client {
  placed(request: PendingRequest): void
  parked(request: PendingRequest): void
  room(): number
  reserve(request: PendingRequest, wantedBytes: number): number
  answered(request: PendingRequest, answer: readonly Buffer[] | null): void
}

const anonymous: Principal = { type: 'User', name: 'ANONYMOUS' }

class RequestContext implements Context {
  readonly apiVersion: number
  readonly clientId: string | null
  readonly principal = anonymous
  readonly client: Answerer
  readonly #request: PendingRequest

  constructor(header: Header, client: Answerer, request: PendingRequest) {
    this.apiVersion = header.apiVersion
    this.clientId = header.clientId
    this.client = client
    this.#request = request
  }

  placed(): void {
    this.client.placed(this.#request)
  }

  parked(): void {
    this.client.parked(this.#request)
  }

  answerRoom(): number {
    return this.client.room()
  }

  reserveAnswer(wantedBytes: number): number {
    return this.client.reserve(this.#request, wantedBytes)
  }

  onSent(listener: () => void): void {
    if (this.#request.finished) listener()
    else if (this.#request.sent === null) this.#request.sent = [listener]
    else this.#request.sent.push(listener)
  }
}

/** A handler with its version range resolved. */
interface Served {
  readonly handler: Handler
  readonly min: number
  readonly max: number
}

/** Serves requests with the handlers of a registry. */
export class Dispatch {
  readonly #broker: Broker
  readonly #logger: Logger
  /** By API key. */
  readonly #served: (Served | undefined)[] = []
  readonly #flexible: (apiKey: number, apiVersion: number) => boolean | undefined

  /** @param handlers the registry; at most one per API. */
  constructor(handlers: readonly Handler[], broker: Broker, logger: Logger) {
    this.#broker = broker
    this.#logger = logger
    for (const handler of handlers) {
      if (this.#served[handler.api.key] !== undefined) throw new Error(`two handlers for ${handler.api.name}`)
      this.#served[handler.api.key] = { handler, ...(handler.versions ?? versionsOf(handler.api)) }
    }
    this.#flexible = (apiKey, apiVersion) => {
      const served = this.#served[apiKey]
      return served === undefined ? undefined : isFlexible(served.handler.api, apiVersion)
    }
  }

  /** A frame that arrived becomes a request; nothing of it is read but its API key. */
  accept(frame: Buffer): PendingRequest {
    return new PendingRequest(frame, frame.readInt16BE(0) === Produce.key)
  }

  /** Runs a request; its answer, if any, comes by `client.answered`, now or later. Bytes that don't parse end the connection. */
  run(request: PendingRequest, client: Answerer): void {
    const reader = new Reader(request.frame)
    let header: Header
    let body: unknown
    let served: Served
    try {
      header = readRequestHeader(reader, this.#flexible)
      served = this.#served[header.apiKey] as Served
      if (header.apiVersion < served.min || header.apiVersion > served.max) {
        return this.#wrongVersion(header, served, request, client)
      }
      body = decodeRequest(served.handler.api, header.apiVersion, reader)
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      return client.close(`a request that doesn't parse: ${error.detail ?? error.name}`)
    }
    this.#handle(header, served.handler, body, request, client)
  }

  #handle(header: Header, handler: Handler, body: unknown, request: PendingRequest, client: Answerer): void {
    const context = new RequestContext(header, client, request)
    try {
      const answer = handler.handle(body as never, context, this.#broker)
      if (answer instanceof Promise) {
        answer.then(
          value => this.#answer(header, handler, value, request, client),
          error => this.#fail(error, header, handler, body, request, context),
        )
      } else this.#answer(header, handler, answer, request, client)
    } catch (error) {
      this.#fail(error, header, handler, body, request, context)
    }
  }

  #fail(
    error: unknown,
    header: Header,
    handler: Handler,
    body: unknown,
    request: PendingRequest,
    context: RequestContext,
  ): void {
    if (!(error instanceof KafkaError)) {
      this.#logger.error({ err: error, api: handler.api.name, version: header.apiVersion }, 'a handler failed: a bug')
    }
    const refusal = error instanceof KafkaError ? error : new KafkaError('UNKNOWN_SERVER_ERROR')
    this.#answer(header, handler, handler.refuse(body as never, refusal, context), request, context.client)
  }

  #answer(header: Header, handler: Handler, value: unknown, request: PendingRequest, client: Answerer): void {
    if (value === null) return client.answered(request, null)
    let chunks: readonly Buffer[]
    try {
      chunks = encodeResponse(handler.api, header.apiVersion, header.correlationId, value as never)
    } catch (error) {
      this.#logger.error(
        { err: error, api: handler.api.name, version: header.apiVersion },
        'an answer failed to encode: a bug',
      )
      // Closed first, so that nothing behind it starts; the request then gives back what it holds.
      client.close(`no answer to ${handler.api.name} version ${header.apiVersion} could be written`)
      return client.answered(request, null)
    }
    client.answered(request, chunks)
  }

  /** ApiVersions is answered in version 0 with the full list (KIP-511), any other API ends the connection, as in Kafka. */
  #wrongVersion(header: Header, served: Served, request: PendingRequest, client: Answerer): void {
    const { handler, min, max } = served
    if (header.apiKey !== ApiVersions.key) {
      return client.close(`${handler.api.name} version ${header.apiVersion} isn't served, ${min} to ${max} are`)
    }
    const asked = { ...header, apiVersion: 0 }
    const context = new RequestContext(asked, client, request)
    const value = handler.refuse({} as never, new KafkaError('UNSUPPORTED_VERSION'), context)
    this.#answer(asked, handler, value, request, client)
  }
}
