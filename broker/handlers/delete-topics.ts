import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { DeleteTopics } from '../../protocol/messages/delete-topics.ts'
import type { RequestOf, ResponseOf } from '../../protocol/schema/notation.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { type Topic, ZERO_TOPIC_ID } from '../cluster/topic.ts'
import { handler } from './handler.ts'

type Request = RequestOf<typeof DeleteTopics>
type Answer = ResponseOf<typeof DeleteTopics>['responses'][number]
interface Doomed {
  readonly name: string | null
  readonly topicId: string
}

/** DeleteTopics: by name, and from version 6 on also by id. */
export const deleteTopics = handler(DeleteTopics, {
  async handle(request, context, { cluster, config }) {
    if (!config.get('delete.topic.enable')) {
      throw new KafkaError(context.apiVersion < 3 ? 'INVALID_REQUEST' : 'TOPIC_DELETION_DISABLED')
    }
    return { responses: await deleteAll(doomedTopics(request), cluster) }
  },
  refuse: (request, error) => ({ responses: doomedTopics(request).map(doomed => failed(doomed, error)) }),
})

const doomedTopics = (request: Request): readonly Doomed[] => [
  ...request.topics,
  ...request.topicNames.map(name => ({ name, topicId: ZERO_TOPIC_ID })),
]

/** What is said twice is answered once, as a failure. */
const deleteAll = async (doomed: readonly Doomed[], cluster: Cluster): Promise<Answer[]> => {
  const nameOf = ({ name, topicId }: Doomed) => name ?? cluster.topicById(topicId)?.name ?? topicId
  const times = new Map<string, number>()
  for (const one of doomed) times.set(nameOf(one), (times.get(nameOf(one)) ?? 0) + 1)
  const merged = new Map<string, Doomed>()
  for (const one of doomed) merged.set(nameOf(one), together(merged.get(nameOf(one)), one))
  const distinct = [...merged.values()]
  const problems = distinct.map(one => problemOf(one, times.get(nameOf(one))!))
  const results = await cluster.deleteTopics(
    distinct
      .filter((_, index) => problems[index] === null)
      .map(({ name, topicId }) => (name === null ? { id: topicId } : { name })),
  )
  let next = 0
  return distinct.map((one, index) => {
    const result = problems[index] ?? results[next++]!
    return result instanceof KafkaError ? failed(one, result) : deleted(result)
  })
}

/** A topic asked for by name and again by id is answered with both. */
const together = (before: Doomed | undefined, { name, topicId }: Doomed): Doomed => ({
  name: name ?? before?.name ?? null,
  topicId: topicId === ZERO_TOPIC_ID ? (before?.topicId ?? topicId) : topicId,
})

const problemOf = ({ name, topicId }: Doomed, times: number): KafkaError | null => {
  const invalid = (problem: string) => new KafkaError('INVALID_REQUEST', problem)
  if (name === null && topicId === ZERO_TOPIC_ID) return invalid('Neither topic name nor id were specified.')
  if (name !== null && topicId !== ZERO_TOPIC_ID) return invalid('You may not specify both topic name and topic id.')
  return times > 1 ? invalid('Duplicate topic name or id.') : null
}

const deleted = ({ name, id }: Topic): Answer => ({ name, topicId: id, errorCode: codeOf('NONE') })

const failed = ({ name, topicId }: Doomed, error: KafkaError): Answer => ({
  name,
  topicId,
  errorCode: error.code,
  errorMessage: error.detail,
})
