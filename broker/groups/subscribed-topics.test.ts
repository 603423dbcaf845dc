import test from 'ava'
import { ConsumerProtocolSubscription } from '../../protocol/messages/consumer-protocol.ts'
import { encodeMessage } from '../../protocol/schema/codec.ts'
import { subscribedTopics } from './subscribed-topics.ts'

const subscription = (version: number, topics: readonly string[], encodedAs = Math.min(version, 3)): Buffer => {
  const prefix = Buffer.alloc(2)
  prefix.writeInt16BE(version)
  return Buffer.concat([prefix, encodeMessage(ConsumerProtocolSubscription, encodedAs, { topics, userData: null })])
}

test('the topics of all subscriptions are joined, whatever their versions', t => {
  const topics = subscribedTopics([subscription(0, ['a']), subscription(3, ['b', 'a']), subscription(9, ['c'])])
  t.deepEqual([...topics!].sort(), ['a', 'b', 'c'])
})

test('nobody knows the topics when one subscription can not be read', t => {
  for (const bytes of ['', '00', 'ffff', '0000', '0000ffffffff', '00007fffffff']) {
    t.is(subscribedTopics([subscription(1, ['a']), Buffer.from(bytes, 'hex')]), null, bytes)
  }
})

test('without members there are no topics', t => {
  t.is(subscribedTopics([])!.size, 0)
})
