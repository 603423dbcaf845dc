import { testStories } from '../coordinator/stories.test.fixture.ts'
import { TransactionStory } from './transaction-story.test.fixture.ts'

testStories('broker/transactions/transcripts', () => new TransactionStory())
