/** The administrative calls of the driver over kafkajs's admin client. */
import kafkajs, { type Admin, type DescribeConfigResponse } from 'kafkajs'
import {
  type ClusterDescription,
  type CommittedOffset,
  type ConfigEntry,
  type GroupDescription,
  Refused,
  type TopicSettings,
  Unsupported,
} from '../driver.ts'
import { asRefused } from './refused.ts'

const { ConfigResourceTypes } = kafkajs

/** A connected kafkajs admin client in the driver's words. */
export class KafkajsAdmin {
  readonly #admin: Admin

  /** @param admin connected; whoever made it disconnects it */
  constructor(admin: Admin) {
    this.#admin = admin
  }

  async offsets(topic: string, partition: number): Promise<{ earliest: number; latest: number }> {
    const found = (await asRefused(this.#admin.fetchTopicOffsets(topic))).find(each => each.partition === partition)
    if (found === undefined) throw new Error(`no offsets of ${topic}-${partition} in the answer`)
    return { earliest: Number(found.low), latest: Number(found.high) }
  }

  async offsetForTime(topic: string, partition: number, timestampMs: number): Promise<number> {
    const all = await asRefused(this.#admin.fetchTopicOffsetsByTimestamp(topic, timestampMs))
    const found = all.find(each => each.partition === partition)
    if (found === undefined) throw new Error(`no offset of ${topic}-${partition} in the answer`)
    return Number(found.offset)
  }

  async committed(
    group: string,
    topic: string,
    partitions: readonly number[],
  ): Promise<ReadonlyMap<number, CommittedOffset>> {
    const topics = await asRefused(this.#admin.fetchOffsets({ groupId: group, topics: [topic] }))
    const offsets = new Map<number, CommittedOffset>()
    for (const { partition, offset, metadata } of topics.find(each => each.topic === topic)?.partitions ?? []) {
      if (partitions.includes(partition)) offsets.set(partition, { offset: Number(offset), metadata: metadata ?? '' })
    }
    return offsets
  }

  async setOffset(group: string, topic: string, partition: number, offset: number): Promise<void> {
    const { state } = await this.describeGroup(group)
    if (state === 'Stable') throw new Unsupported('kafkajs itself refuses to set the offsets of a group with members')
    const partitions = [{ partition, offset: String(offset) }]
    await asRefused(this.#admin.setOffsets({ groupId: group, topic, partitions }))
  }

  async resetOffsets(group: string, topic: string, to: 'earliest' | 'latest'): Promise<void> {
    await asRefused(this.#admin.resetOffsets({ groupId: group, topic, earliest: to === 'earliest' }))
  }

  async createTopic(topic: string, settings: TopicSettings): Promise<void> {
    const created = await asRefused(
      this.#admin.createTopics({
        waitForLeaders: true,
        topics: [
          {
            topic,
            numPartitions: settings.partitions ?? 1,
            replicationFactor: settings.replicationFactor ?? 1,
            configEntries: Object.entries(settings.configs ?? {}).map(([name, value]) => ({ name, value })),
          },
        ],
      }),
    )
    // kafkajs answers false, and throws nothing, where the topic is there already.
    if (!created) throw new Refused('TOPIC_ALREADY_EXISTS', `createTopics answered false for ${topic}`)
  }

  async deleteTopic(topic: string): Promise<void> {
    await asRefused(this.#admin.deleteTopics({ topics: [topic] }))
  }

  listTopics(): Promise<readonly string[]> {
    return asRefused(this.#admin.listTopics())
  }

  async partitionCount(topic: string): Promise<number> {
    const { topics } = await asRefused(this.#admin.fetchTopicMetadata())
    return topics.find(({ name }) => name === topic)?.partitions.length ?? 0
  }

  async createPartitions(topic: string, count: number): Promise<void> {
    await asRefused(this.#admin.createPartitions({ topicPartitions: [{ topic, count }] }))
  }

  topicConfigs(topic: string): Promise<ReadonlyMap<string, ConfigEntry>> {
    return this.#configs(ConfigResourceTypes.TOPIC, topic)
  }

  brokerConfigs(brokerId: number): Promise<ReadonlyMap<string, ConfigEntry>> {
    return this.#configs(ConfigResourceTypes.BROKER, String(brokerId))
  }

  async alterTopicConfigs(topic: string, configs: Readonly<Record<string, string>>): Promise<void> {
    const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }))
    const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }]
    await asRefused(this.#admin.alterConfigs({ validateOnly: false, resources }))
  }

  async deleteRecords(topic: string, partition: number, beforeOffset: number): Promise<void> {
    const partitions = [{ partition, offset: String(beforeOffset) }]
    // kafkajs looks for the leaders in the metadata that it has, and this call is what makes it fetch them.
    await this.#admin.fetchTopicOffsets(topic)
    await asRefused(this.#admin.deleteTopicRecords({ topic, partitions }))
  }

  async listGroups(): Promise<readonly { group: string; protocolType: string }[]> {
    const { groups } = await asRefused(this.#admin.listGroups())
    return groups.map(({ groupId, protocolType }) => ({ group: groupId, protocolType }))
  }

  async describeGroup(group: string): Promise<GroupDescription> {
    const { groups } = await asRefused(this.#admin.describeGroups([group]))
    const [description] = groups
    if (description === undefined) throw new Error(`no description of ${group} in the answer`)
    const { state, protocolType, protocol, members } = description
    return { state, protocolType, protocol, memberCount: members.length }
  }

  async deleteGroup(group: string): Promise<void> {
    await asRefused(this.#admin.deleteGroups([group]))
  }

  async describeCluster(): Promise<ClusterDescription> {
    const { brokers, controller, clusterId } = await asRefused(this.#admin.describeCluster())
    return {
      brokers: brokers.map(({ nodeId, host, port }) => ({ id: nodeId, host, port })),
      controllerId: controller ?? undefined,
      clusterId,
    }
  }

  async #configs(type: number, name: string): Promise<ReadonlyMap<string, ConfigEntry>> {
    const answer: DescribeConfigResponse = await asRefused(
      this.#admin.describeConfigs({ includeSynonyms: true, resources: [{ type, name }] }),
    )
    const entries = answer.resources[0]?.configEntries ?? []
    return new Map(
      entries.map(({ configName, configValue, isDefault, readOnly, configSource }) => [
        configName,
        { value: configValue, isDefault, readOnly, source: configSource },
      ]),
    )
  }
}
