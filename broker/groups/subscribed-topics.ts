import { KafkaError } from '../../protocol/errors.ts'
import { ConsumerProtocolSubscription } from '../../protocol/messages/consumer-protocol.ts'
import { decodeMessage, versionsOf } from '../../protocol/schema/codec.ts'

/** The protocol type of Kafka's consumers, whose subscriptions the broker can read. */
export const CONSUMER_PROTOCOL_TYPE = 'consumer'

/**
 * The topics that consumers' subscriptions name. Null if one can't be read: then nobody knows, and every topic counts as
 * subscribed. A newer version of the subscription is read as the newest known one, whose fields it begins with.
 */
export const subscribedTopics = (subscriptions: Iterable<Buffer>): ReadonlySet<string> | null => {
  const topics = new Set<string>()
  try {
    for (const subscription of subscriptions) {
      if (subscription.length < 2) return null
      const { min, max } = versionsOf(ConsumerProtocolSubscription)
      const version = Math.min(subscription.readInt16BE(0), max)
      if (version < min) return null
      for (const topic of decodeMessage(ConsumerProtocolSubscription, version, subscription.subarray(2)).topics) {
        topics.add(topic)
      }
    }
  } catch (error) {
    if (error instanceof KafkaError) return null
    throw error
  }
  return topics
}
