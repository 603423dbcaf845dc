/**
 * Codecs of declared messages, compiled when first asked for and kept. This is the public face of the schema compiler.
 */
import { KafkaError } from '../errors.ts'
import { Reader } from '../wire/reader.ts'
import { Writer } from '../wire/writer.ts'
import { type Codec, compile, type Declared } from './compile.ts'
import { inRange, parseRange } from './layout.ts'
import type {
  Api,
  Fields,
  Message,
  ReadOf,
  RequestOf,
  RequestWrite,
  ResponseOf,
  ResponseRead,
  WriteOf,
} from './notation.ts'

export type { Codec } from './compile.ts'

/** Versions, both ends included. */
export interface Versions {
  readonly min: number
  readonly max: number
}

const versionsCache = new WeakMap<object, Versions>()

/** The versions that an API or message is declared for. */
export function versionsOf(declaration: Api | Message): Versions {
  let versions = versionsCache.get(declaration)
  if (versions === undefined) {
    versions = parseRange(declaration.versions)
    if (!Number.isFinite(versions.max)) throw new TypeError(`${declaration.name} has no last version`)
    versionsCache.set(declaration, versions)
  }
  return versions
}

/** Whether `version`, which may be newer than any declared one, is flexible (KIP-482). */
export const isFlexible = (declaration: Api | Message, version: number): boolean =>
  inRange(declaration.flexible, version)

/** Compiled codecs by declaration, then by version. */
type Cache = WeakMap<Api | Message, Codec<unknown, unknown>[]>

const requests: Cache = new WeakMap()
const responses: Cache = new WeakMap()
const messages: Cache = new WeakMap()

function codecOf(
  cache: Cache,
  declaration: Api | Message,
  fields: Fields,
  suffix: string,
  version: number,
): Codec<unknown, unknown> {
  let ofVersions = cache.get(declaration)
  if (ofVersions === undefined) {
    ofVersions = []
    cache.set(declaration, ofVersions)
  }
  const cached = ofVersions[version]
  if (cached !== undefined) return cached
  const { min, max } = versionsOf(declaration)
  const name = `${declaration.name}${suffix}`
  if (!Number.isInteger(version) || version < min || version > max) {
    throw new KafkaError('UNSUPPORTED_VERSION', `${name} version ${version}; there are ${min} to ${max}`)
  }
  const declared: Declared = { name, flexible: declaration.flexible, fields }
  const codec = compile(declared, version)
  ofVersions[version] = codec
  return codec
}

/** The codec of an API's request; `KafkaError('UNSUPPORTED_VERSION')` for a version that isn't declared. */
export const requestCodec = <A extends Api>(api: A, version: number): Codec<RequestOf<A>, RequestWrite<A>> =>
  codecOf(requests, api, api.request, 'Request', version) as Codec<RequestOf<A>, RequestWrite<A>>

/** The codec of an API's response; `KafkaError('UNSUPPORTED_VERSION')` for a version that isn't declared. */
export const responseCodec = <A extends Api>(api: A, version: number): Codec<ResponseRead<A>, ResponseOf<A>> =>
  codecOf(responses, api, api.response, 'Response', version) as Codec<ResponseRead<A>, ResponseOf<A>>

/** The codec of a message that isn't an API; `KafkaError('UNSUPPORTED_VERSION')` for a version that isn't declared. */
export const messageCodec = <M extends Message>(message: M, version: number): Codec<ReadOf<M>, WriteOf<M>> =>
  codecOf(messages, message, message.fields, '', version) as Codec<ReadOf<M>, WriteOf<M>>

const shared = new Writer()

/**
 * A message as one buffer, which shares memory with other messages: copy what is kept for long. Errors are those of
 * `Codec.encode` and `messageCodec`.
 */
export function encodeMessage<M extends Message>(message: M, version: number, value: WriteOf<M>): Buffer {
  shared.clear()
  messageCodec(message, version).encode(shared, value)
  return shared.finishBuffer()
}

/**
 * The message that `buffer` begins with; what follows it is ignored, as Kafka does with a consumer's blobs of a
 * newer version. `bytes` in it are slices of `buffer`. Errors are those of `Codec.decode` and `messageCodec`.
 */
export const decodeMessage = <M extends Message>(message: M, version: number, buffer: Buffer): ReadOf<M> =>
  messageCodec(message, version).decode(new Reader(buffer))
