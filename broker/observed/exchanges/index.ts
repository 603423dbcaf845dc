/** All exchanges by theme: one file of answers a theme. */
import type { Theme } from '../exchange.ts'
import { clusterExchanges } from './cluster.ts'
import { configs } from './configs.ts'
import { producers } from './producers.ts'
import { producing } from './producing.ts'
import { topics } from './topics.ts'

/** All themes. */
export const themes: readonly Theme[] = [
  { name: 'topics', release: '4.3', exchanges: topics },
  { name: 'cluster', release: '4.3', exchanges: clusterExchanges },
  { name: 'configs', release: '4.3', exchanges: configs },
  { name: 'producing', release: '4.3', exchanges: producing },
  { name: 'producers', release: '4.3', exchanges: producers },
]
