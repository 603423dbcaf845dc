/** All exchanges by theme: one file of answers a theme. */
import type { Theme } from '../exchange.ts'
import { clusterExchanges } from './cluster.ts'
import { compressed } from './compressed.ts'
import { configs } from './configs.ts'
import { featureExchanges } from './features.ts'
import { fetching } from './fetching.ts'
import { frameExchanges } from './frames.ts'
import { groupAdmin } from './group-admin.ts'
import { groupOffsets } from './group-offsets.ts'
import { groups } from './groups.ts'
import { internalTopics } from './internal-topics.ts'
import { metadataExchanges } from './metadata.ts'
import { offsets } from './offsets.ts'
import { oldVersions } from './old-versions.ts'
import { producers } from './producers.ts'
import { producing } from './producing.ts'
import { quorumExchanges } from './quorum.ts'
import { rebalances } from './rebalances.ts'
import { security } from './security.ts'
import { timeouts } from './timeouts.ts'
import { topics } from './topics.ts'
import { transactionLists } from './transaction-lists.ts'
import { transactionTimeouts } from './transaction-timeouts.ts'
import { transactions } from './transactions.ts'
import { txnMarkers } from './txn-markers.ts'
import { txnOffsets } from './txn-offsets.ts'
import { txnOldVersions } from './txn-old-versions.ts'
import { txnProducing } from './txn-producing.ts'
import { txnReading } from './txn-reading.ts'
import { waiting } from './waiting.ts'

/** All themes. */
export const themes: readonly Theme[] = [
  { name: 'topics', release: '4.3', exchanges: topics },
  { name: 'metadata', release: '4.3', exchanges: metadataExchanges },
  { name: 'cluster', release: '4.3', exchanges: clusterExchanges },
  { name: 'quorum', release: '4.3', exchanges: quorumExchanges },
  { name: 'security', release: '4.3', exchanges: security },
  { name: 'configs', release: '4.3', exchanges: configs },
  { name: 'producing', release: '4.3', exchanges: producing },
  { name: 'producers', release: '4.3', exchanges: producers },
  { name: 'fetching', release: '4.3', exchanges: fetching },
  { name: 'offsets', release: '4.3', exchanges: offsets },
  { name: 'groups', release: '4.3', exchanges: groups },
  { name: 'group-admin', release: '4.3', exchanges: groupAdmin },
  { name: 'group-offsets', release: '4.3', exchanges: groupOffsets },
  { name: 'compressed', release: '4.3', exchanges: compressed },
  { name: 'internal-topics', release: '4.3', exchanges: internalTopics },
  { name: 'frames', release: '4.3', exchanges: frameExchanges },
  { name: 'waiting', release: '4.3', exchanges: waiting },
  { name: 'rebalances', release: '4.3', exchanges: rebalances },
  { name: 'timeouts', release: '4.3', exchanges: timeouts, timed: true },
  { name: 'transactions', release: '4.3', exchanges: transactions },
  { name: 'transaction-lists', release: '4.3', exchanges: transactionLists },
  { name: 'transaction-timeouts', release: '4.3', exchanges: transactionTimeouts, timed: true },
  { name: 'txn-markers', release: '4.3', exchanges: txnMarkers },
  { name: 'txn-producing', release: '4.3', exchanges: txnProducing },
  { name: 'txn-reading', release: '4.3', exchanges: txnReading },
  { name: 'txn-offsets', release: '4.3', exchanges: txnOffsets },
  { name: 'features', release: '4.3', exchanges: featureExchanges },
  { name: 'old-versions', release: '3.9', exchanges: oldVersions },
  { name: 'txn-old-versions', release: '3.9', exchanges: txnOldVersions },
]
