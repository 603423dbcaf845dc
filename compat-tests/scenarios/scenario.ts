/** What a story is, and the stage that the runner gives it. */
import type { Driver, TopicSettings } from '../clients/driver.ts'

/** A story about one thing that a Kafka client does, told by every client against every engine. */
export interface Scenario {
  /** Short and unique, kebab-case: names the story in `--scenario` and in topics and groups. */
  readonly id: string
  /** A sentence that says what must be so. */
  readonly title: string
  /** Clients for which the story goes another way, and why: they don't tell it. */
  readonly notFor?: Readonly<Record<string, string>>
  /** How long the story may take; 30 seconds where not given. */
  readonly deadlineMs?: number
  /** Tells the story: resolves when all was as it must be, rejects otherwise. */
  play(stage: Stage): Promise<void>
}

/** Everything that a story works with. Each story gets its own, with clients of its own. */
export interface Stage {
  /** The client under test. */
  readonly client: Driver
  /** A client that can do everything: it prepares what the story needs and looks at what came of it, so that clients without
   *  administrative calls can tell their part. */
  readonly stagehand: Driver
  /** A name for a topic or group that nobody else has. */
  freshName(kind: 'topic' | 'group'): string
  /** Makes a topic for the story with the stagehand's help and returns its name, a fresh one where none is given. */
  prepareTopic(settings?: TopicSettings, topic?: string): Promise<string>
  /** Ends the broker, as its operator would (`stop`) or from one moment to the next (`kill`), and starts it on the same data and
   *  port. Rejects with Unsupported where that can't be done or would lose everything. */
  restartBroker(how: 'stop' | 'kill'): Promise<void>
}
