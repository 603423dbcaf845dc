/**
 * Every setting of a broker, once: Kafka 4.3's, whether they have an effect here or not, and Samsa's own (`samsa.*`).
 * Defaults are Kafka's, except what one broker for development needs: replication factors of 1, a first rebalance
 * without delay, a bound on queued requests, node id 1, and logs in ./samsa-data.
 */
import { consumerGroupsSettings } from './broker-settings/consumer-groups.ts'
import { groupsSettings } from './broker-settings/groups.ts'
import { logSettings } from './broker-settings/log.ts'
import { networkSettings } from './broker-settings/network.ts'
import { quorumSettings } from './broker-settings/quorum.ts'
import { quotasMetricsSettings } from './broker-settings/quotas-metrics.ts'
import { replicationSettings } from './broker-settings/replication.ts'
import { samsaSettings } from './broker-settings/samsa.ts'
import { saslSettings } from './broker-settings/sasl.ts'
import { securitySettings } from './broker-settings/security.ts'
import { shareGroupsSettings } from './broker-settings/share-groups.ts'
import { sslSettings } from './broker-settings/ssl.ts'
import { streamsGroupsSettings } from './broker-settings/streams-groups.ts'
import { tieredStorageSettings } from './broker-settings/tiered-storage.ts'
import { topicsSettings } from './broker-settings/topics.ts'
import { transactionsSettings } from './broker-settings/transactions.ts'
import type { ValueOf } from './setting.ts'

/** The tables by theme, in the order of docs/settings.md. */
export const brokerSettingThemes = {
  'This broker': quorumSettings,
  'Listeners and requests': networkSettings,
  Topics: topicsSettings,
  Logs: logSettings,
  Replication: replicationSettings,
  'Groups and committed offsets': groupsSettings,
  Transactions: transactionsSettings,
  'Consumer groups': consumerGroupsSettings,
  'Share groups': shareGroupsSettings,
  'Streams groups': streamsGroupsSettings,
  'Quotas and metrics': quotasMetricsSettings,
  Security: securitySettings,
  TLS: sslSettings,
  SASL: saslSettings,
  'Tiered storage': tieredStorageSettings,
  'Samsa’s own': samsaSettings,
}

/** All broker settings by key. */
export const brokerSettings = {
  ...quorumSettings,
  ...networkSettings,
  ...topicsSettings,
  ...logSettings,
  ...replicationSettings,
  ...groupsSettings,
  ...transactionsSettings,
  ...consumerGroupsSettings,
  ...shareGroupsSettings,
  ...streamsGroupsSettings,
  ...quotasMetricsSettings,
  ...securitySettings,
  ...sslSettings,
  ...saslSettings,
  ...tieredStorageSettings,
  ...samsaSettings,
}

/** The name of a broker setting. */
export type BrokerSettingKey = keyof typeof brokerSettings

/** What a broker setting parses to. */
export type BrokerSettingValue<K extends BrokerSettingKey> = ValueOf<(typeof brokerSettings)[K]>

/** Whether there is a broker setting of that name. */
export const isBrokerSettingKey = (key: string): key is BrokerSettingKey => Object.hasOwn(brokerSettings, key)
