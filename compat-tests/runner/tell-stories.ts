/** Has one client tell its stories, in processes that end with the first story that doesn't. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { endAtExit } from './at-exit.ts'
import type { BeganMessage, EndedMessage, PlayMessage, RestartedMessage, RestartMessage } from './story-messages.ts'

/** A story and how it ended. */
export type Outcome = Omit<EndedMessage, 'kind'>

/** What the stories of one client need from outside. */
export interface Telling {
  readonly client: string
  /** `host:port` of the broker. */
  readonly address: string
  readonly scenarioIds: readonly string[]
  /** Restarts the broker for a story, or says why not. */
  restartBroker(how: RestartMessage['how']): Promise<RestartedMessage>
  /** Says that the broker is no more, where that is so: all stories left fail with it. */
  brokerFailure(): string | undefined
  /** Is told each story as it ends. */
  ended(outcome: Outcome): void
}

const storyProcess = fileURLToPath(new URL('story-process.js', import.meta.url))

/** Tells all stories of `telling`; every one ends with a verdict, whatever becomes of the processes. */
export async function tellStories(telling: Telling): Promise<void> {
  let left = telling.scenarioIds
  while (left.length > 0) {
    const failure = telling.brokerFailure()
    if (failure !== undefined) {
      for (const scenarioId of left) telling.ended({ scenarioId, verdict: 'failed', reason: failure, tookMs: 0 })
      return
    }
    const done = await tellInOneProcess({ ...telling, scenarioIds: left })
    left = left.filter(id => !done.has(id))
  }
}

/** Resolves when the process has ended, with the ids of the stories that it told: at least one. */
async function tellInOneProcess(telling: Telling): Promise<ReadonlySet<string>> {
  const done = new Set<string>()
  // A group of its own, so that what the process started ends with it.
  const child = fork(storyProcess, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'], detached: true })
  const forget = endAtExit(() => endGroup(child))
  let current: string | undefined
  let timer: NodeJS.Timeout | undefined
  let complaints = ''
  const end = (outcome: Outcome) => {
    clearTimeout(timer)
    current = undefined
    done.add(outcome.scenarioId)
    telling.ended(outcome)
  }
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-10_000)
  })
  child.on('message', (message: BeganMessage | EndedMessage | RestartMessage) => {
    if (message.kind === 'began') {
      current = message.scenarioId
      timer = setTimeout(() => endGroup(child), message.deadlineMs)
    } else if (message.kind === 'ended') {
      const { scenarioId, verdict, reason, tookMs } = message
      end({ scenarioId, verdict, reason, tookMs })
    } else {
      telling.restartBroker(message.how).then(answer => {
        if (child.connected) child.send(answer)
      })
    }
  })
  const play: PlayMessage = {
    kind: 'play',
    client: telling.client,
    address: telling.address,
    scenarioIds: telling.scenarioIds,
  }
  child.send(play)
  const how = await new Promise<string>(resolve => {
    child.once('close', (exitCode, signal) => resolve(String(signal ?? exitCode)))
  })
  endGroup(child)
  forget()
  const unfinished = current ?? (done.size === 0 ? telling.scenarioIds[0] : undefined)
  if (unfinished !== undefined) {
    const reason = `the client's process ended with ${how}: ${complaints.trim()}`
    end({ scenarioId: unfinished, verdict: 'failed', reason, tookMs: 0 })
  }
  return done
}

/** Kills the process and what it started. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
