import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { CreatePartitions } from '../../protocol/messages/create-partitions.ts'
import { handler } from './handler.ts'

/** CreatePartitions: each topic is answered when its new partitions can be written. */
export const createPartitions = handler(CreatePartitions, {
  async handle(request, _context, { cluster }) {
    const results = await cluster.createPartitions(
      request.topics.map(({ name, count, assignments }) => ({
        name,
        count,
        assignments: assignments?.map(({ brokerIds }) => brokerIds) ?? null,
      })),
      { validateOnly: request.validateOnly },
    )
    const answers = request.topics.map(({ name }, index) => {
      const result = results[index]
      return result instanceof KafkaError
        ? { name, errorCode: result.code, errorMessage: result.detail }
        : { name, errorCode: codeOf('NONE') }
    })
    return { throttleTimeMs: 0, results: [...new Map(answers.map(answer => [answer.name, answer])).values()] } // a name that is there twice fails once
  },
  refuse: (request, { code, detail }) => ({
    throttleTimeMs: 0,
    results: request.topics.map(({ name }) => ({ name, errorCode: code, errorMessage: detail })),
  }),
})
