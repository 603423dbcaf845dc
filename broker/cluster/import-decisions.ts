/**
 * Topics that come with their logs: which facts follow, or why they can't come.
 */
import { KafkaError } from '../../protocol/errors.ts'
import { configRecords } from './config-decisions.ts'
import { firstState } from './leadership.ts'
import { type ConfigImage, type MetadataImage, partitionsRecord, resourceTypes } from './metadata-image.ts'
import type { MetadataRecord } from './records.ts'
import { checkTopicName } from './topic-names.ts'

/** A topic as it was elsewhere. */
export interface ImportedTopic {
  readonly id: string
  readonly name: string
  readonly config: ConfigImage
  /** Of each partition the epoch under which it is led here: above all that its log has. */
  readonly leaderEpochs: readonly number[]
}

/** What is imported at once. */
export interface MetadataImport {
  readonly topics: readonly ImportedTopic[]
  /** Settings of other resources; those that are there already stay. */
  readonly configs: readonly { readonly type: number; readonly name: string; readonly config: ConfigImage }[]
  /** Producer ids below are given out. */
  readonly nextProducerId: number
  /** The broker that keeps the partitions. */
  readonly nodeId: number
}

/**
 * The facts of an import, all or none. Throws KafkaError: INVALID_TOPIC_EXCEPTION for a name that isn't allowed or differs from another in `.` and
 * `_` only, TOPIC_ALREADY_EXISTS for a name or an id that is there.
 */
export const decideImport = (image: MetadataImage, { topics, configs, nextProducerId, nodeId }: MetadataImport) => {
  const records: MetadataRecord[] = []
  for (const { id, name, config, leaderEpochs } of topics) {
    checkImported(image, id, name)
    const states = leaderEpochs.map(leaderEpoch => ({ ...firstState([nodeId], [nodeId]), leaderEpoch }))
    records.push(
      { type: 'topic', topicId: id, name },
      partitionsRecord(id, new Map(states.entries())),
      ...configRecords(resourceTypes.TOPIC, name, new Map(), config),
    )
  }
  for (const { type, name, config } of configs) {
    const there = image.config(type, name)
    records.push(...configRecords(type, name, there, new Map([...config, ...there])))
  }
  if (nextProducerId > image.nextProducerId) records.push({ type: 'producerIds', next: nextProducerId })
  return records
}

/** Throws as `decideImport`. */
export const checkImported = (image: MetadataImage, id: string, name: string): void => {
  checkTopicName(name)
  if (image.topicByName(name) !== undefined)
    throw new KafkaError('TOPIC_ALREADY_EXISTS', `Topic '${name}' already exists.`)
  if (image.topic(id) !== undefined)
    throw new KafkaError(
      'TOPIC_ALREADY_EXISTS',
      `A topic with the id ${id} already exists: '${image.topic(id)?.name}'.`,
    )
  const other = image.collision(name)
  if (other !== undefined)
    throw new KafkaError('INVALID_TOPIC_EXCEPTION', `Topic '${name}' collides with existing topic: ${other}`)
}
