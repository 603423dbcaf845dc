import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { Produce } from '../../protocol/messages/produce.ts'
import { ProduceRun } from '../partition/produce/produce-run.ts'
import { handler } from './handler.ts'

const isAcks = (acks: number): acks is -1 | 0 | 1 => acks === -1 || acks === 0 || acks === 1

/** Produce: appends batches of records. With acks=0 there is no answer; if a partition of such a request fails, its connection is closed. */
export const produce = handler(Produce, {
  handle(request, context, broker) {
    const { acks } = request
    if (!isAcks(acks)) throw new KafkaError('INVALID_REQUIRED_ACKS', `acks must be -1, 0 or 1, not ${acks}`)
    return new ProduceRun(request, acks, context, broker).run()
  },
  refuse: (request, error) => ({
    responses: request.topicData.map(topic => ({
      name: topic.name,
      topicId: topic.topicId,
      partitionResponses: topic.partitionData.map(({ index }) => ({
        index,
        errorCode: codeOf(error.name),
        baseOffset: -1,
        errorMessage: error.detail,
      })),
    })),
  }),
})
