/** The client processes of a run: started, killed, stopped and started again. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { endAtExit } from '../runner/at-exit.ts'
import type { Counts, Direction, Part, Topic, Use } from './clients/part.ts'
import type { HistoryWriter } from './history/history-file.ts'

const clientProcess = fileURLToPath(new URL('clients/client-process.js', import.meta.url))

/** After this a client that was asked to finish is killed. */
const finishMs = 90_000
/** A client that ended by itself is started again after this. */
const restartMs = 500

/** A client as the cast names it; each process of it plays the same part under another name. */
export type Casting = Omit<Part, 'by' | 'address' | 'historyFile' | 'topics' | 'slowness'> & {
  readonly name: string
  /** Which topics it works with. */
  readonly uses: readonly Use[]
}

interface Actor {
  readonly casting: Casting
  child: ChildProcess | undefined
  incarnation: number
  /** A process that ends is followed by another. */
  wanted: boolean
  stopped: boolean
  /** It was asked to finish, and is started again by whoever asked. */
  resting: boolean
}

/** All clients of a run. */
export class Crew {
  readonly #address: string
  readonly #historyFile: string
  readonly #slowness: number
  readonly #history: HistoryWriter
  readonly #actors = new Map<string, Actor>()
  /** Those that have not ended, replaced ones too. */
  readonly #processes = new Set<ChildProcess>()
  #topics: readonly Topic[]
  /** Over all processes. */
  readonly counts = { sent: 0, acked: 0, read: 0 }
  /** How often a process ended though nobody wanted it to. */
  crashCount = 0

  /** @param address `host:port` for the clients
   *  @param history for notes about clients; the clients append to `historyFile` themselves
   *  @param slowness how many times longer than in a short run producers rest */
  constructor(
    address: string,
    historyFile: string,
    history: HistoryWriter,
    topics: readonly Topic[],
    slowness: number,
  ) {
    this.#address = address
    this.#historyFile = historyFile
    this.#slowness = slowness
    this.#history = history
    this.#topics = topics
  }

  /** The clients that were added and not dismissed. */
  get names(): readonly string[] {
    return [...this.#actors].filter(([, { wanted }]) => wanted).map(([name]) => name)
  }

  get topics(): readonly Topic[] {
    return this.#topics
  }

  /** Tells all clients that topics have grown. */
  set topics(topics: readonly Topic[]) {
    this.#topics = topics
    for (const actor of this.#actors.values()) {
      this.#direct(actor, { kind: 'topics', topics: this.#topicsOf(actor.casting) })
    }
  }

  /** Starts a client, and again whenever its process ends. */
  add(casting: Casting): void {
    const actor: Actor = { casting, child: undefined, incarnation: 0, wanted: true, stopped: false, resting: false }
    this.#actors.set(casting.name, actor)
    this.#start(actor)
  }

  /** From one moment to the next, as in a crash; another process follows at once. */
  kill(name: string): void {
    const actor = this.#actor(name)
    const child = actor.child
    if (child === undefined) return
    actor.child = undefined
    child.kill('SIGKILL')
    actor.stopped = false
    this.#start(actor)
  }

  /** Finishes as its user would end it, and is started again after a while. */
  async rest(name: string, ms: number): Promise<void> {
    const actor = this.#actor(name)
    this.continue(name)
    const { child } = actor
    this.#direct(actor, { kind: 'finish' })
    actor.resting = true
    await this.#ended(actor, finishMs)
    await delay(ms)
    actor.resting = false
    if (actor.wanted && actor.child === child) this.#start(actor)
  }

  /** The process does nothing until it is continued. */
  stop(name: string): void {
    const actor = this.#actor(name)
    actor.stopped = actor.child?.kill('SIGSTOP') ?? false
  }

  continue(name: string): void {
    const actor = this.#actor(name)
    if (actor.stopped) actor.child?.kill('SIGCONT')
    actor.stopped = false
  }

  /**
   * Another process takes the client's place while the old one is stopped; the returned function lets the old one go on, as one
   * that doesn't know that time has passed. It is killed when it hasn't ended `ms` later.
   */
  replace(name: string): (ms: number) => Promise<void> {
    const actor = this.#actor(name)
    const zombie = actor.child
    actor.child = undefined
    zombie?.kill('SIGSTOP')
    this.#start(actor)
    return async ms => {
      if (zombie === undefined || zombie.exitCode !== null || zombie.signalCode !== null) return
      const ended = once(zombie, 'exit')
      zombie.kill('SIGCONT')
      const timer = setTimeout(() => zombie.kill('SIGKILL'), ms)
      await ended
      clearTimeout(timer)
    }
  }

  /** Asks the clients to finish and resolves when they have; who doesn't in time is noted as stuck and killed. */
  async dismiss(names: readonly string[]): Promise<void> {
    await Promise.all(
      names.map(async name => {
        const actor = this.#actor(name)
        actor.wanted = false
        this.continue(name)
        this.#direct(actor, { kind: 'finish' })
        await this.#ended(actor, finishMs)
      }),
    )
  }

  /** Starts a client that ends by itself, and resolves when it has; one that fails is noted as stuck. */
  async perform(casting: Casting, deadlineMs: number): Promise<void> {
    const actor: Actor = { casting, child: undefined, incarnation: 0, wanted: false, stopped: false, resting: false }
    this.#actors.set(casting.name, actor)
    this.#start(actor)
    const timer = setTimeout(() => this.#direct(actor, { kind: 'finish' }), deadlineMs)
    await this.#ended(actor, deadlineMs + finishMs)
    clearTimeout(timer)
    if (actor.child?.exitCode !== 0) this.#history.note({ do: 'stuck', what: `${casting.name} failed` })
  }

  /** Kills whoever is left; resolves when nobody is. */
  async end(): Promise<void> {
    for (const actor of this.#actors.values()) actor.wanted = false
    await Promise.all(
      [...this.#processes].map(async child => {
        child.kill('SIGKILL')
        await once(child, 'exit')
      }),
    )
  }

  #topicsOf({ uses }: Casting): readonly Topic[] {
    return this.#topics.filter(({ use }) => uses.includes(use))
  }

  #actor(name: string): Actor {
    const actor = this.#actors.get(name)
    if (actor === undefined) throw new Error(`no client ${name}`)
    return actor
  }

  #direct({ child }: Actor, direction: Direction): void {
    if (child?.connected) child.send(direction)
  }

  async #ended(actor: Actor, ms: number): Promise<void> {
    const { child, casting } = actor
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const timer = setTimeout(() => {
      this.#history.note({ do: 'stuck', what: `${casting.name} did not come to an end` })
      child.kill('SIGKILL')
    }, ms)
    await once(child, 'exit')
    clearTimeout(timer)
  }

  #start(actor: Actor): void {
    const { name, uses: _, ...casting } = actor.casting
    const by = `${name}.${++actor.incarnation}`
    const part: Part = {
      ...casting,
      by,
      seed: casting.seed + actor.incarnation * 7919,
      address: this.#address,
      historyFile: this.#historyFile,
      slowness: this.#slowness,
      topics: this.#topicsOf(actor.casting),
    }
    const child = fork(clientProcess, [JSON.stringify(part)], { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] })
    actor.child = child
    this.#processes.add(child)
    this.#history.note({ do: 'client', client: by, state: 'started', how: part.role })
    const forget = endAtExit(() => child.kill('SIGKILL'))
    let complaints = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      complaints = (complaints + chunk.toString()).slice(-2000)
    })
    child.on('message', (counts: Counts) => {
      for (const what of ['sent', 'acked', 'read'] as const) this.counts[what] += counts[what]
    })
    child.once('exit', (code, signal) => {
      forget()
      this.#processes.delete(child)
      this.#history.note({ do: 'client', client: by, state: 'ended', how: String(signal ?? code) })
      const unasked = actor.child === child && actor.wanted && !actor.resting
      if (!unasked) return
      // With 0 its part says that it can't go on, as a producer that is fenced.
      if (code !== 0) {
        this.#history.note({ do: 'error', error: `${by} ended with ${signal ?? code}: ${complaints.trim()}` })
        this.crashCount++
      }
      actor.child = undefined
      setTimeout(() => {
        if (actor.wanted && actor.child === undefined) this.#start(actor)
      }, restartMs)
    })
  }
}
