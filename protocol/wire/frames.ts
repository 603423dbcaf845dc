/** Whole requests and responses: a 4-byte length, the header, the body. */
import { isFlexible, messageCodec, requestCodec, responseCodec } from '../schema/codec.ts'
import type { Api, RequestOf, RequestWrite, ResponseOf, ResponseRead } from '../schema/notation.ts'
import { RequestHeader, ResponseHeader } from './headers.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

/** ApiVersions: its responses have header version 0 in every version, as a client doesn't know yet what we speak. */
const apiVersionsKey = 18

/** Encoding is synchronous, so one writer serves all. */
const writer = new Writer()

/** The version of the header of a response. */
export const responseHeaderVersion = (api: Api, version: number): 0 | 1 =>
  isFlexible(api, version) && api.key !== apiVersionsKey ? 1 : 0

/**
 * A response as a frame, in chunks for one writev; large slices of `value` are chunks by reference, so they must not
 * change until the socket took them. Errors are those of `Codec.encode` and `responseCodec`.
 */
export function encodeResponse<A extends Api>(
  api: A,
  version: number,
  correlationId: number,
  value: ResponseOf<A>,
): readonly Buffer[] {
  openFrame()
  messageCodec(ResponseHeader, responseHeaderVersion(api, version)).encode(writer, { correlationId })
  responseCodec(api, version).encode(writer, value)
  return closeFrame()
}

/**
 * A request as a frame, in chunks; see `encodeResponse`. `clientId` is at most 32767 bytes. Errors are those of
 * `Codec.encode` and `requestCodec`.
 */
export function encodeRequest<A extends Api>(
  api: A,
  version: number,
  correlationId: number,
  clientId: string | null,
  value: RequestWrite<A>,
): readonly Buffer[] {
  openFrame()
  const header = { requestApiKey: api.key, requestApiVersion: version, correlationId, clientId }
  messageCodec(RequestHeader, isFlexible(api, version) ? 2 : 1).encode(writer, header)
  requestCodec(api, version).encode(writer, value)
  return closeFrame()
}

/** The body of a request whose header was read from `reader`. Errors are those of `Codec.decode` and `requestCodec`. */
export const decodeRequest = <A extends Api>(api: A, version: number, reader: Reader): RequestOf<A> =>
  requestCodec(api, version).decode(reader)

/**
 * A response without its 4-byte length: header and body. `bytes` and `records` are slices of `frameBody`. Errors are
 * those of `Codec.decode` and `responseCodec`.
 */
export function decodeResponse<A extends Api>(
  api: A,
  version: number,
  frameBody: Buffer,
): { correlationId: number; response: ResponseRead<A> } {
  const reader = new Reader(frameBody)
  const { correlationId } = messageCodec(ResponseHeader, responseHeaderVersion(api, version)).decode(reader)
  return { correlationId, response: responseCodec(api, version).decode(reader) }
}

function openFrame(): void {
  writer.clear()
  writer.int32(0)
}

function closeFrame(): readonly Buffer[] {
  const length = writer.length - 4
  const chunks = writer.finish()
  ;(chunks[0] as Buffer).writeInt32BE(length)
  return chunks
}
