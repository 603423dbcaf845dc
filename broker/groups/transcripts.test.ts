import { testStories } from '../coordinator/stories.test.fixture.ts'
import { GroupStory } from './group-story.test.fixture.ts'

testStories('broker/groups/transcripts', () => new GroupStory())
