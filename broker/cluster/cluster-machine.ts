/**
 * The machine over `state/cluster`: which facts follow from a request for a change of the cluster's metadata.
 */
import { KafkaError } from '../../protocol/errors.ts'
import type { Decision, Machine } from '../coordinator/machine.ts'
import { decideConfigChanges } from './config-decisions.ts'
import type { ClusterEvent, ClusterReply, PartitionRef } from './events.ts'
import { decideImport } from './import-decisions.ts'
import { decideFeatures } from './feature-decisions.ts'
import { electLeader, nextEpoch } from './leadership.ts'
import { featuresRecord, MetadataImage, partitionsRecord } from './metadata-image.ts'
import type { MetadataRecord } from './records.ts'
import { decideDeletion, decideGrowth, TopicCreation } from './topic-decisions.ts'
import type { PartitionState } from './topic.ts'

type Ask<T extends ClusterEvent['type']> = Extract<ClusterEvent, { type: T }>

interface Outcome {
  readonly answer: ClusterReply
  readonly records: readonly MetadataRecord[]
}

/** Decides each item; a KafkaError becomes the item's answer. */
const eachItem = <I, O>(items: readonly I[], decide: (item: I) => O): (O | KafkaError)[] =>
  items.map(item => {
    try {
      return decide(item)
    } catch (error) {
      if (error instanceof KafkaError) return error
      throw error
    }
  })

/** Which items of a list appear twice or more, by key. */
const repeated = <I>(items: readonly I[], keyOf: (item: I) => string): ReadonlySet<string> => {
  const seen = new Set<string>()
  const twice = new Set<string>()
  for (const key of items.map(keyOf)) (seen.has(key) ? twice : seen).add(key)
  return twice
}

/** The partitions of these states, as one fact per topic. */
const recordsOf = (changes: readonly (PartitionRef & { readonly state: PartitionState })[]): MetadataRecord[] => {
  const byTopic = new Map<string, Map<number, PartitionState>>()
  for (const { topicId, index, state } of changes) {
    const states = byTopic.get(topicId) ?? new Map<number, PartitionState>()
    byTopic.set(topicId, states.set(index, state))
  }
  return [...byTopic].map(([topicId, states]) => partitionsRecord(topicId, states))
}

/** Pure, as every machine. Its hard state is the image; it has no soft state and no timers. */
export class ClusterMachine implements Machine<ClusterEvent, MetadataRecord, ClusterReply> {
  readonly image = new MetadataImage()

  on(event: ClusterEvent): Decision<MetadataRecord, ClusterReply> {
    const { answer, records } = this.#decide(event)
    return {
      writes: records.length === 0 ? [] : [{ records }],
      effects: [{ type: 'reply', to: event.request, reply: answer }],
    }
  }

  apply(record: MetadataRecord): void {
    this.image.apply(record)
  }

  applyMarker(): void {
    throw new Error('state/cluster has no transactions')
  }

  onLoaded(): readonly never[] {
    return []
  }

  #decide(event: ClusterEvent): Outcome {
    switch (event.type) {
      case 'nameCluster':
        return this.#nameCluster(event)
      case 'createTopics':
        return this.#createTopics(event)
      case 'growTopics':
        return this.#growTopics(event)
      case 'deleteTopics':
        return this.#deleteTopics(event)
      case 'alterConfigs':
        return this.#alterConfigs(event)
      case 'electLeaders':
        return this.#electLeaders(event)
      case 'raiseEpochs':
        return this.#raiseEpochs(event)
      case 'importTopics':
        return this.#importTopics(event)
      case 'allocateProducerIds': {
        const first = this.image.nextProducerId
        return { answer: first, records: [{ type: 'producerIds', next: first + event.count }] }
      }
      case 'updateFeatures':
        return this.#updateFeatures(event)
      case 'snapshot':
        return { answer: null, records: [...this.image.records()] }
    }
  }

  #nameCluster({ clusterId }: Ask<'nameCluster'>): Outcome {
    const known = this.image.clusterId
    return known === null
      ? { answer: clusterId, records: [{ type: 'cluster', clusterId }] }
      : { answer: known, records: [] }
  }

  #createTopics(event: Ask<'createTopics'>): Outcome {
    const creation = new TopicCreation(this.image, event)
    const records: MetadataRecord[] = []
    const twice = repeated(event.topics, topic => topic.name)
    const answer = eachItem(event.topics, topic => {
      if (twice.has(topic.name)) throw new KafkaError('INVALID_REQUEST', 'Duplicate topic name.')
      const decided = creation.decide(topic)
      if (!event.validateOnly) records.push(...decided.records)
      return decided.created
    })
    return { answer, records }
  }

  #growTopics(event: Ask<'growTopics'>): Outcome {
    const records: MetadataRecord[] = []
    const twice = repeated(event.topics, topic => topic.name)
    const answer = eachItem(event.topics, growth => {
      if (twice.has(growth.name)) throw new KafkaError('INVALID_REQUEST', 'Duplicate topic name.')
      const decided = decideGrowth(this.image, growth, event)
      if (!event.validateOnly) records.push(...decided)
      const topic = this.image.topicByName(growth.name)!
      return { from: topic.partitions.length, topic }
    })
    return { answer, records }
  }

  #deleteTopics(event: Ask<'deleteTopics'>): Outcome {
    const records: MetadataRecord[] = []
    const deleted = new Set<string>()
    const answer = eachItem(event.topics, doomed => {
      const { topic, record } = decideDeletion(this.image, doomed)
      if (deleted.has(topic.id)) {
        throw new KafkaError('INVALID_REQUEST', `The topic ${topic.name} appears twice in the request.`)
      }
      deleted.add(topic.id)
      records.push(record)
      return topic
    })
    return { answer, records }
  }

  #alterConfigs(event: Ask<'alterConfigs'>): Outcome {
    const records: MetadataRecord[] = []
    const keyOf = ({ type, name }: { type: number; name: string }) => `${type}/${name}`
    const twice = repeated(event.resources, keyOf)
    const answer = eachItem(event.resources, resource => {
      if (twice.has(keyOf(resource))) throw new KafkaError('INVALID_REQUEST', 'Each resource must appear at most once.')
      const decided = decideConfigChanges(this.image, resource, event.brokers, event.settings)
      if (!event.validateOnly) records.push(...decided)
      return null
    })
    return { answer, records }
  }

  #electLeaders(event: Ask<'electLeaders'>): Outcome {
    const changes: (PartitionRef & { state: PartitionState })[] = []
    const answer = eachItem(event.partitions, ({ topicId, index }) => {
      const before = this.image.topic(topicId)?.partitions[index]
      if (before === undefined) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION')
      changes.push({ topicId, index, state: electLeader(before, event.electionType, event.brokers) })
      return null
    })
    return { answer, records: recordsOf(changes) }
  }

  #importTopics(event: Ask<'importTopics'>): Outcome {
    const [decided] = eachItem([event], each => decideImport(this.image, each))
    return decided instanceof KafkaError ? { answer: decided, records: [] } : { answer: null, records: decided! }
  }

  #updateFeatures({ updates, validateOnly }: Ask<'updateFeatures'>): Outcome {
    const before = this.image.features
    const [after] = eachItem([updates], all => decideFeatures(before, all))
    if (after instanceof KafkaError) return { answer: after, records: [] }
    return { answer: null, records: validateOnly || after === before ? [] : [featuresRecord(after!)] }
  }

  #raiseEpochs(event: Ask<'raiseEpochs'>): Outcome {
    const changes = event.partitions.flatMap(({ topicId, index }) => {
      const before = this.image.topic(topicId)?.partitions[index]
      return before === undefined ? [] : [{ topicId, index, state: nextEpoch(before) }]
    })
    return { answer: null, records: recordsOf(changes) }
  }
}
