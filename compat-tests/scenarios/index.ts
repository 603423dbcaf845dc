/** All stories, in the order in which they are told. */
import { errorStories } from './errors.ts'
import { membershipStories } from './group-membership.ts'
import { groupOffsetStories } from './group-offsets.ts'
import { rebalanceStories } from './group-rebalance.ts'
import { positionStories } from './positions.ts'
import { produceStories } from './produce.ts'
import { restartStories } from './restart.ts'
import type { Scenario } from './scenario.ts'
import { topicStories } from './topics.ts'
import { transactionStories } from './transactions.ts'

/** Every story. Ids are unique. */
export const scenarios: readonly Scenario[] = [
  ...produceStories,
  ...positionStories,
  ...topicStories,
  ...errorStories,
  ...groupOffsetStories,
  ...rebalanceStories,
  ...membershipStories,
  ...transactionStories,
  ...restartStories,
]
