/** The wire's messages: every API, and the blobs that clients exchange through the broker. */
import type { Api, Message } from '../schema/notation.ts'
import { ConsumerProtocolAssignment, ConsumerProtocolSubscription } from './consumer-protocol.ts'
import * as everyApi from './every-api.ts'

export * from './consumer-protocol.ts'
export * from './every-api.ts'

/** Every API that a broker's listener has spoken from Kafka 0.9 to 4.4, by rising API key; served or not. */
export const apis: readonly Api[] = Object.values<Api>(everyApi).sort((a, b) => a.key - b.key)

/** The same APIs by API key. */
export const apisByKey: ReadonlyMap<number, Api> = new Map(apis.map(api => [api.key, api]))

/** The messages that are neither an API's nor stored: what clients of the classic group protocol put into its bytes. */
export const otherMessages: readonly Message[] = [ConsumerProtocolSubscription, ConsumerProtocolAssignment]
