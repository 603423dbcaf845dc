/**
 * The process that tells one client's stories, one after the other. The client's native parts, hung sockets and threads are in
 * here: whatever a story leaves behind ends with this process, at the latest when its deadline has passed.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { type Driver, Refused, Unsupported } from '../clients/driver.ts'
import { clients } from '../clients/index.ts'
import { openKafkajs } from '../clients/kafkajs/driver.ts'
import { scenarios } from '../scenarios/index.ts'
import { until } from '../scenarios/until.ts'
import type { Scenario, Stage } from '../scenarios/scenario.ts'
import type {
  BeganMessage,
  EndedMessage,
  PlayMessage,
  RestartedMessage,
  RestartMessage,
  Verdict,
} from './story-messages.ts'

const defaultDeadlineMs = 30_000

/** After this the clients of a story that ended are left to themselves. */
const closeMs = 10_000

/** Thrown where a story took longer than it may: its clients may still be at work, so no other story may follow in here. */
class Overdue extends Error {}

function tell(message: BeganMessage | EndedMessage | RestartMessage): void {
  process.send?.(message)
}

async function restartBroker(how: 'stop' | 'kill'): Promise<void> {
  tell({ kind: 'restart', how })
  const [answer] = (await once(process, 'message')) as [RestartedMessage]
  if (answer.problem?.kind === 'skip') throw new Unsupported(answer.problem.reason)
  if (answer.problem !== undefined) throw new Error(answer.problem.reason)
}

/** Errors of a topic that was just created, or is about to be served. */
const notReadyCodes: ReadonlySet<string> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  // kafkajs's name of NOT_LEADER_OR_FOLLOWER, which was Kafka's before 2.6.
  'NOT_LEADER_FOR_PARTITION',
])

function ignoreNotReady(error: unknown): false {
  if (error instanceof Refused && notReadyCodes.has(error.code)) return false
  throw error
}

/** Whether the topic's partitions answer: the stagehand, kafkajs, asks all of them for their ends. */
async function isServed(stagehand: Driver, topic: string): Promise<boolean> {
  if ((await stagehand.partitionCount(topic)) === 0) return false
  return stagehand.offsets(topic, 0).then(() => true, ignoreNotReady)
}

function stageFor(scenario: Scenario, client: Driver, stagehand: Driver): Stage {
  const freshName = (kind: string) => `${kind}-${scenario.id}-${randomBytes(4).toString('hex')}`
  return {
    client,
    stagehand,
    freshName,
    restartBroker,
    async prepareTopic(settings, topic = freshName('topic')) {
      // A real Kafka answers before all partitions are served. That ours doesn't is a story of its own.
      await stagehand.createTopic(topic, settings).catch(ignoreNotReady)
      await until('every partition served', () => isServed(stagehand, topic))
      return topic
    },
  }
}

async function within<T>(deadlineMs: number, work: Promise<T>): Promise<T> {
  const cancel = new AbortController()
  const overdue = pause(deadlineMs, undefined, { signal: cancel.signal }).then(() => {
    throw new Overdue(`not done within ${deadlineMs} ms`)
  })
  try {
    return await Promise.race([work, overdue])
  } finally {
    cancel.abort()
  }
}

async function playOnce(scenario: Scenario, clientName: string, address: string): Promise<void> {
  const open = clients.get(clientName)
  if (open === undefined) throw new Error(`no client ${clientName}`)
  const drivers: Driver[] = []
  try {
    const client = await open(address)
    drivers.push(client)
    const stagehand = await openKafkajs(address)
    drivers.push(stagehand)
    await scenario.play(stageFor(scenario, client, stagehand))
  } finally {
    await within(closeMs, Promise.all(drivers.map(driver => driver.close())))
  }
}

/** Tells one story and its verdict; false where no other may follow in this process. */
async function tellStory(scenario: Scenario, client: string, address: string): Promise<boolean> {
  const deadlineMs = scenario.deadlineMs ?? defaultDeadlineMs
  tell({ kind: 'began', scenarioId: scenario.id, deadlineMs: deadlineMs + closeMs })
  const start = performance.now()
  const notFor = scenario.notFor?.[client]
  const end = (verdict: Verdict, reason: string) =>
    tell({ kind: 'ended', scenarioId: scenario.id, verdict, reason, tookMs: Math.round(performance.now() - start) })
  try {
    if (notFor !== undefined) throw new Unsupported(notFor)
    await within(deadlineMs, playOnce(scenario, client, address))
    end('passed', '')
  } catch (error) {
    if (error instanceof Unsupported) end('skipped', error.message)
    else end('failed', error instanceof Error ? (error.stack ?? error.message) : String(error))
    return !(error instanceof Overdue)
  }
  return true
}

const [message] = (await once(process, 'message')) as [PlayMessage]
for (const scenario of scenarios.filter(({ id }) => message.scenarioIds.includes(id))) {
  if (!(await tellStory(scenario, message.client, message.address))) break
}
// librdkafka's threads would keep the process alive.
process.exit(0)
