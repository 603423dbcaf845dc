/**
 * Which topic names are allowed. A topic's name is a directory's, so its length is bounded.
 */
import { KafkaError } from '../../protocol/errors.ts'

/** Longest topic name, in characters. */
export const MAX_TOPIC_NAME = 249

/** What is wrong with a topic's name; null if nothing is. */
export const topicNameProblem = (name: string): string | null => {
  if (name === '') return 'it is empty'
  if (name === '.' || name === '..') return `'${name}' is not allowed`
  if (name.length > MAX_TOPIC_NAME) return `it has ${name.length} characters, and at most ${MAX_TOPIC_NAME} are allowed`
  if (!/^[a-zA-Z0-9._-]+$/.test(name))
    return `'${name}' has characters other than ASCII letters, digits, '.', '_' and '-'`
  return null
}

/** Throws INVALID_TOPIC_EXCEPTION unless the name is allowed. */
export const checkTopicName = (name: string): void => {
  const problem = topicNameProblem(name)
  if (problem !== null) throw new KafkaError('INVALID_TOPIC_EXCEPTION', `Topic name is invalid: ${problem}`)
}
