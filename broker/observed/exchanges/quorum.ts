import { DescribeQuorum, UnregisterBroker } from '../../../protocol/messages/index.ts'
import type { ResponseRead } from '../../../protocol/schema/notation.ts'
import type { Exchange } from '../exchange.ts'

/** What a quorum of one says, without what moves: offsets, epochs and times. */
const still = (answer: ResponseRead<typeof DescribeQuorum>): ResponseRead<typeof DescribeQuorum> => ({
  ...answer,
  topics: answer.topics.map(topic => ({
    ...topic,
    partitions: topic.partitions.map(partition => ({
      ...partition,
      leaderEpoch: Math.min(partition.leaderEpoch, 1),
      highWatermark: Math.min(partition.highWatermark, 1),
      currentVoters: partition.currentVoters.map(voter => ({
        ...voter,
        logEndOffset: Math.min(voter.logEndOffset, 1),
        lastFetchTimestamp: Math.min(voter.lastFetchTimestamp, 1),
        lastCaughtUpTimestamp: Math.min(voter.lastCaughtUpTimestamp, 1),
      })),
    })),
  })),
})

const quorum: Exchange = {
  id: 'describe-quorum',
  async play(talk) {
    const of = (topicName: string, ...partitions: number[]) => ({
      topics: [{ topicName, partitions: partitions.map(partitionIndex => ({ partitionIndex })) }],
    })
    const pick = { pick: still }
    await talk.each('of the metadata', DescribeQuorum, () => of('__cluster_metadata', 0), pick)
    await talk.each('of another partition', DescribeQuorum, () => of('__cluster_metadata', 1), pick)
    await talk.each('of two partitions', DescribeQuorum, () => of('__cluster_metadata', 0, 1), pick)
    await talk.each('of another topic', DescribeQuorum, () => of('t', 0), pick)
    await talk.each('of nothing', DescribeQuorum, () => ({ topics: [] }), pick)
  },
}

const brokers: Exchange = {
  id: 'unregister-broker',
  async play(talk) {
    await talk.each('an unknown broker', UnregisterBroker, () => ({ brokerId: 77 }))
    await talk.each('a negative broker', UnregisterBroker, () => ({ brokerId: -1 }))
  },
}

/** What tools ask of the controllers. */
export const quorumExchanges: readonly Exchange[] = [quorum, brokers]
