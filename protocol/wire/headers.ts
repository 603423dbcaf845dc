/** Headers of requests and responses: KIP-482 gave both a flexible form, with rarities that only concern them. */
import { KafkaError } from '../errors.ts'
import { messageCodec } from '../schema/codec.ts'
import { int16, int32, message, string } from '../schema/notation.ts'
import type { Reader } from './reader.ts'

/** Version 0 was for ControlledShutdown v0 alone; 1 goes before inflexible requests, 2 before flexible ones. */
export const RequestHeader = message({
  name: 'RequestHeader',
  versions: '0-2',
  flexible: '2+',
  fields: {
    requestApiKey: int16(),
    requestApiVersion: int16(),
    correlationId: int32(),
    // The old form also in version 2, so that a broker can read it before it knows whether the request is flexible.
    clientId: string('1+', { nullable: '1+', flexible: 'none' }),
  },
})

/** Version 1, for flexible responses, has tagged fields. */
export const ResponseHeader = message({
  name: 'ResponseHeader',
  versions: '0-1',
  flexible: '1+',
  fields: { correlationId: int32() },
})

/** What stands before every request. */
export interface Header {
  readonly apiKey: number
  readonly apiVersion: number
  /** The answer carries it too. */
  readonly correlationId: number
  readonly clientId: string | null
}

/** Whether a request of this API and version is flexible; undefined for an API that isn't known. */
export type FlexibleLookup = (apiKey: number, apiVersion: number) => boolean | undefined

/**
 * Reads a request's header and leaves `reader` at the body. The version may be any: the lookup answers for versions
 * that are newer than ours too, so that an unknown version of ApiVersions can be answered. `KafkaError('INVALID_REQUEST')`
 * if the API isn't known or the header is malformed.
 */
export function readRequestHeader(reader: Reader, isFlexible: FlexibleLookup): Header {
  if (reader.remaining < 8) reader.short(8)
  const apiKey = reader.view.getInt16(reader.position)
  const apiVersion = reader.view.getInt16(reader.position + 2)
  const flexible = isFlexible(apiKey, apiVersion)
  if (flexible === undefined) throw new KafkaError('INVALID_REQUEST', `no API has key ${apiKey}`)
  const { correlationId, clientId } = messageCodec(RequestHeader, flexible ? 2 : 1).decode(reader)
  return { apiKey, apiVersion, correlationId, clientId }
}
