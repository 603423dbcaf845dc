/**
 * What the cluster machine is asked, and what it answers. One answer per item, in the items' order; a KafkaError is an
 * item's failure.
 */
import type { KafkaError } from '../../protocol/errors.ts'
import type { RequestId } from '../coordinator/machine.ts'
import type { ResourceChanges } from './config-decisions.ts'
import type { FeatureUpdate } from './feature-decisions.ts'
import type { MetadataImport } from './import-decisions.ts'
import type { TopicImage } from './metadata-image.ts'
import type { CreatedTopic, NewTopic, PartitionGrowth, Surroundings } from './topic-decisions.ts'

/** One partition of a topic, by id. */
export interface PartitionRef {
  readonly topicId: string
  readonly index: number
}

/** Questions by type, with their answers. */
export interface ClusterQuestions {
  /** Gives the cluster this id unless it has one; answers the id it has. */
  nameCluster: { ask: { readonly clusterId: string }; answer: string }
  createTopics: {
    ask: { readonly topics: readonly NewTopic[]; readonly validateOnly: boolean } & Surroundings
    answer: readonly (CreatedTopic | KafkaError)[]
  }
  growTopics: {
    ask: { readonly topics: readonly PartitionGrowth[]; readonly validateOnly: boolean } & Surroundings
    answer: readonly ({ readonly from: number; readonly topic: TopicImage } | KafkaError)[]
  }
  deleteTopics: {
    ask: { readonly topics: readonly ({ readonly name: string } | { readonly id: string })[] }
    answer: readonly (TopicImage | KafkaError)[]
  }
  alterConfigs: {
    ask: { readonly resources: readonly ResourceChanges[]; readonly validateOnly: boolean } & Surroundings
    answer: readonly (null | KafkaError)[]
  }
  electLeaders: {
    ask: {
      readonly partitions: readonly PartitionRef[]
      readonly electionType: number
      readonly brokers: readonly number[]
    }
    answer: readonly (null | KafkaError)[]
  }
  /** The same leaders under their next epochs. Partitions that aren't there are passed over. */
  raiseEpochs: { ask: { readonly partitions: readonly PartitionRef[] }; answer: null }
  /** Topics that come with their logs, all or none; see `decideImport`. */
  importTopics: { ask: MetadataImport; answer: null | KafkaError }
  allocateProducerIds: { ask: { readonly count: number }; answer: number }
  /** All or nothing; see `decideFeatures`. */
  updateFeatures: {
    ask: { readonly updates: readonly FeatureUpdate[]; readonly validateOnly: boolean }
    answer: null | KafkaError
  }
  /** Writes the whole image again, so that what stood before may go. */
  snapshot: { ask: object; answer: null }
}

/** The name of a question. */
export type QuestionType = keyof ClusterQuestions

/** A question with the request that it came from. */
export type ClusterEvent = {
  [T in QuestionType]: { readonly type: T; readonly request: RequestId } & ClusterQuestions[T]['ask']
}[QuestionType]

/** The answer to any question; which one follows from the question. */
export type ClusterReply = ClusterQuestions[QuestionType]['answer']
