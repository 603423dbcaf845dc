import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { DescribeConfigs } from '../../protocol/messages/describe-configs.ts'
import type { RequestOf, ResponseOf } from '../../protocol/schema/notation.ts'
import type { Broker } from '../broker.ts'
import { describeLoggers } from '../cluster/broker-loggers.ts'
import { resourceTypes } from '../cluster/metadata-image.ts'
import { checkTopicName } from '../cluster/topic-names.ts'
import { configSources } from '../config/config.ts'
import {
  type DescribedSetting,
  describeBrokerDefaults,
  describeBrokerSettings,
  describeGroupSettings,
  describeTopicSettings,
} from '../config/described-settings.ts'
import { each } from './each.ts'
import { handler } from './handler.ts'

type Request = RequestOf<typeof DescribeConfigs>
type Resource = Request['resources'][number]
type Answer = ResponseOf<typeof DescribeConfigs>['results'][number]

/** DescribeConfigs: the settings of topics, brokers, groups and loggers, with where each value comes from. */
export const describeConfigs = handler(DescribeConfigs, {
  async handle(request, context, broker) {
    return {
      throttleTimeMs: 0,
      results: await each(
        request.resources,
        resource => described(resource, request, broker, context.apiVersion),
        (resource, error) => failed(resource, error),
      ),
    }
  },
  refuse: (request, error) => ({
    throttleTimeMs: 0,
    results: request.resources.map(resource => failed(resource, error)),
  }),
})

const settingsOf = ({ resourceType, resourceName: name }: Resource, broker: Broker): readonly DescribedSetting[] => {
  const { cluster, config } = broker
  switch (resourceType) {
    case resourceTypes.TOPIC: {
      checkTopicName(name)
      const topic = cluster.topic(name)
      if (topic === undefined) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', '')
      return describeTopicSettings(config, topic.overrides)
    }
    case resourceTypes.BROKER:
      if (name === '') return describeBrokerDefaults(cluster.dynamicConfig(resourceTypes.BROKER, ''))
      checkBrokerName(name, broker)
      return describeBrokerSettings(config)
    case resourceTypes.BROKER_LOGGER:
      checkBrokerName(name, broker)
      return describeLoggers(broker.logger)
    case resourceTypes.GROUP:
      if (name === '') throw new KafkaError('INVALID_REQUEST', 'Group name must not be empty')
      return describeGroupSettings(config, cluster.dynamicConfig(resourceTypes.GROUP, name))
    default:
      throw new KafkaError('INVALID_REQUEST', `Unsupported resource type: ${resourceType}`)
  }
}

const checkBrokerName = (name: string, { nodeId }: Broker): void => {
  if (name === String(nodeId)) return
  const problem = /^-?\d+$/.test(name)
    ? `Unexpected broker id, expected ${nodeId} or empty string, but received ${name}`
    : `Broker id must be an integer, but it is: ${name}`
  throw new KafkaError('INVALID_REQUEST', problem)
}

const described = (resource: Resource, request: Request, broker: Broker, apiVersion: number): Answer => {
  const keys = resource.configurationKeys
  const settings = settingsOf(resource, broker)
  return {
    errorCode: codeOf('NONE'),
    errorMessage: '',
    resourceType: resource.resourceType,
    resourceName: resource.resourceName,
    configs: settings
      .filter(({ name }) => keys === null || keys.length === 0 || keys.includes(name))
      .map(({ name, value, readOnly, source, sensitive, synonyms, type, documentation }) => ({
        name,
        value,
        readOnly,
        ...(apiVersion === 0 ? { isDefault: source === configSources.DEFAULT } : {}),
        configSource: source,
        isSensitive: sensitive,
        synonyms: request.includeSynonyms ? synonyms : [],
        configType: type,
        documentation: request.includeDocumentation ? documentation : null,
      })),
  }
}

const failed = ({ resourceType, resourceName }: Resource, { code, detail }: KafkaError): Answer => ({
  errorCode: code,
  errorMessage: detail,
  resourceType,
  resourceName,
  configs: [],
})
