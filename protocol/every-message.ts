/** All declared messages under Kafka's names, for whatever goes through all of them: checks, docs, tools. */
import { apis, otherMessages } from './messages/index.ts'
import { type Codec, messageCodec, requestCodec, responseCodec, type Versions, versionsOf } from './schema/codec.ts'
import type { Fields, Message, Range } from './schema/notation.ts'
import { stateMessages } from './state/index.ts'
import { RequestHeader, ResponseHeader } from './wire/headers.ts'

/** A message without its static types. */
export interface AnyMessage {
  /** Kafka's name: `FetchRequest`, `OffsetCommitValue`. */
  readonly name: string
  /** Of a request or response the API key, of a stored record its type, else null. */
  readonly key: number | null
  readonly versions: Versions
  readonly flexible: Range | 'none'
  readonly fields: Fields
  /** Throws as `messageCodec` does. */
  codec(version: number): Codec<unknown, unknown>
}

const plain = (message: Message): AnyMessage => ({
  name: message.name,
  key: message.key ?? null,
  versions: versionsOf(message),
  flexible: message.flexible,
  fields: message.fields,
  codec: version => messageCodec(message, version) as Codec<unknown, unknown>,
})

/** Every request and response, header, stored record and blob that is declared. */
export const everyMessage: readonly AnyMessage[] = [
  ...apis.flatMap((api): AnyMessage[] => {
    const common = { key: api.key, versions: versionsOf(api), flexible: api.flexible }
    const request = (version: number) => requestCodec(api, version) as Codec<unknown, unknown>
    const response = (version: number) => responseCodec(api, version) as Codec<unknown, unknown>
    return [
      { ...common, name: `${api.name}Request`, fields: api.request, codec: request },
      { ...common, name: `${api.name}Response`, fields: api.response, codec: response },
    ]
  }),
  ...[RequestHeader, ResponseHeader, ...otherMessages, ...stateMessages].map(plain),
]

/** The same messages by name. */
export const messagesByName: ReadonlyMap<string, AnyMessage> = new Map(everyMessage.map(each => [each.name, each]))
