/**
 * The wire's messages: every API, one file each, and the blobs that clients exchange through the broker.
 *
 * What means the same in all of them, and is therefore not said again in each:
 *
 * - `throttleTimeMs`: how long the client should send nothing, by a quota; 0: no limit was reached. From the version
 *   that names KIP-219 on the client waits; before, the broker delays the answer.
 * - `errorCode`: a number of `../errors.ts`; 0 is none. Comments name the errors that a client has to expect; beside
 *   them UNKNOWN_SERVER_ERROR is always possible, INVALID_REQUEST wherever a request contradicts itself, and
 *   UNSUPPORTED_VERSION for what the version can't carry.
 * - `errorMessage`: for people; null if the code says it all.
 * - `topicId`: all zeroes stand for none. Versions that have it leave the topic's name out, or allow it to be null.
 * - `leaderEpoch`, `memberEpoch`, `producerEpoch`: each rises whenever somebody else takes over, and fences whoever
 *   still has an older one.
 * - `authorizedOperations`: bit n stands for operation n of `describe-acls.ts`; −2147483648: not asked for.
 * - `timeoutMs` of admin requests: how long the answer may wait for the work to be done, then REQUEST_TIMED_OUT.
 * - `clientHost`: the member's address, which Kafka writes with a slash before it.
 *
 * "From v4" and the lists of versions speak of the API's versions; a version that isn't listed only added what the
 * declaration shows (`flexible` among it, KIP-482). Errors that all APIs of a kind share:
 *
 * - NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE: ask FindCoordinator again. COORDINATOR_LOAD_IN_PROGRESS: try again.
 * - NOT_LEADER_OR_FOLLOWER, UNKNOWN_TOPIC_OR_PARTITION: ask Metadata again.
 * - GROUP_, TOPIC_, TRANSACTIONAL_ID_ and CLUSTER_AUTHORIZATION_FAILED: an access rule is missing.
 */
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
