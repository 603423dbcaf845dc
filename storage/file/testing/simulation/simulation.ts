/**
 * A file engine over a simulated disk, used at random, stopped, killed and robbed of its power at random, and compared with what it must be. All of
 * it follows from the seed.
 */
import { Random } from '../../../../protocol/testing/random.ts'
import { TOPIC_ID } from '../../../conformance/suite.ts'
import { createFileEngine } from '../../engine.ts'
import type { Offset, Opened } from '../../../engine.ts'
import { Killed } from '../simulated-disk/disk-faults.ts'
import type { Ending } from './expected-log.ts'
import { breakDown, doom, hinder, limit } from './steps-of-faults.ts'
import { strangeFiles } from './known-files.ts'
import { checkRestart, DATA_DIR, recoveryPoints } from './restart-check.ts'
import { append, find, measure, read } from './steps-of-data.ts'
import { create, remove } from './steps-of-logs.ts'
import { checkpoint, recall, rewrite, roll, trim } from './steps-of-upkeep.ts'
import { type Slot, Violation, World } from './world.ts'

const OTHER_TOPIC_ID = 'dGVzdC1vZi1lbmdpbmVzMg'

/** The content of a lock whose process is no more: no system counts so far. */
const DEAD_HOLDER = Buffer.from('999999999 1\n')
/** Disk calls shown of each of the last lives. */
const SHOWN_CALLS = 150
const MAX_JOURNAL_FILES = 5
/** Steps shown of each. */
const SHOWN_STEPS = 200

const slots = (): Slot[] =>
  ['orders-0', 'orders-1', 'payments-2', '__consumer_offsets-7', 'cluster-0'].map(name => {
    const partition = name.slice(name.lastIndexOf('-') + 1)
    const ofTopics = [`data/${TOPIC_ID}/${partition}`, `data/${OTHER_TOPIC_ID}/${partition}`]
    const ids = name === 'cluster-0' ? ['state/cluster'] : ofTopics
    return { name, ids, log: null, unsure: false, busy: false, creating: false }
  })

/** What a run is about: how acks are kept, and how processes end. */
export type Kind = 'os, kills' | 'os, power' | 'fsync, kills' | 'fsync, power'

const KIND_OF_SEED: readonly Kind[] = ['os, kills', 'os, power', 'fsync, kills', 'fsync, power']

/** So many seeds, one after the other, are of all kinds. */
export const KINDS = KIND_OF_SEED.length

/** A seed says all of a run, what it is about too. */
export const kindOf = (seed: number): Kind => KIND_OF_SEED[seed % KINDS]!

/** What a simulation is made of. */
export interface SimulationOptions {
  readonly seed: number
  readonly steps: number
}

/** What came of it. */
export interface SimulationResult {
  readonly kills: number
  readonly powerLosses: number
  readonly stops: number
  readonly ioErrors: number
  readonly appended: number
}
type Step = (world: World) => void

/** How often each step is taken. */
const STEPS: readonly (readonly [weight: number, step: Step])[] = [
  [40, append],
  [20, read],
  [3, find],
  [4, measure],
  [3, roll],
  [4, trim],
  [4, rewrite],
  [3, checkpoint],
  [2, recall],
  [3, create],
  [1, remove],
  [1, hinder],
]

/** One simulation, from the first opening to the last. */
export class Simulation {
  readonly #options: SimulationOptions
  /** Whether the power may be lost; otherwise processes are only killed. */
  readonly #power: boolean
  readonly #world: World
  readonly #steps: Step[]
  readonly #maxOpenFiles: number
  readonly #journal: { readonly fileBytes: number; readonly maxBytes: number }
  readonly #counts = { kills: 0, powerLosses: 0, stops: 0, steps: 0 }

  constructor(options: SimulationOptions) {
    this.#options = options
    const random = new Random(options.seed)
    const kind = kindOf(options.seed)
    this.#power = kind.endsWith('power')
    this.#world = new World(random, kind.startsWith('fsync') ? 'fsync' : 'os', slots())
    this.#maxOpenFiles = 1 + random.below(random.oneIn(2) ? 6 : 100)
    const fileBytes = 1000 + random.below(20_000)
    this.#journal = { fileBytes, maxBytes: fileBytes * (2 + random.below(MAX_JOURNAL_FILES - 1)) }
    const steps = [...STEPS]
    // Some runs are without faults but crashes: there nothing is excused.
    steps.push([2, doom])
    if (random.oneIn(2)) steps.push([2, limit])
    if (random.oneIn(3)) steps.push([1, breakDown])
    this.#steps = steps.flatMap(([weight, step]) => Array<Step>(weight).fill(step))
  }

  /** Runs all steps. Throws a Violation that tells the story. */
  async run(): Promise<SimulationResult> {
    const world = this.#world
    try {
      await this.#reopen('stop')
      while (this.#counts.steps < this.#options.steps) {
        this.#counts.steps++
        await this.#step()
      }
      await this.#stop()
      return { ...this.#counts, ioErrors: world.disk.faults.ioErrors, appended: world.unique() }
    } catch (error) {
      throw new Violation(this.#story(error))
    }
  }

  async #step(): Promise<void> {
    const world = this.#world
    const { random } = world
    world.pass(random.below(40))
    if (random.oneIn(150)) return this.#stop()
    if (random.oneIn(60)) await this.#rest()
    if (!world.disk.dead) this.#take(random.pick(this.#steps))
    await world.turns(random.oneIn(3) ? 0 : random.below(6))
    world.check()
    if (world.disk.dead) await this.#die()
  }

  #take(step: Step): void {
    try {
      step(this.#world)
    } catch (error) {
      if (!(error instanceof Killed)) throw error
    }
  }

  /** Waits until nothing is under way, and looks what is left. */
  async #rest(): Promise<void> {
    const world = this.#world
    world.note('rest')
    await world.idle()
    world.check()
    if (world.disk.dead || !world.flawless) return
    const strange = strangeFiles(world, true)
    if (strange.length > 0) throw new Violation(`nobody knows these files: ${strange.join(', ')}`)
    const { openFiles } = world.disk
    if (openFiles > this.#maxOpenFiles + MAX_JOURNAL_FILES) throw new Violation(`open: ${world.disk.openPaths}`)
  }

  async #die(): Promise<void> {
    await this.#reopen(this.#ending())
  }

  async #stop(): Promise<void> {
    const world = this.#world
    world.disk.faults.clear()
    world.limit(false)
    await world.idle()
    world.check()
    world.note('close')
    try {
      if (!world.disk.dead) await world.drive('close', world.engine!.close())
    } catch (error) {
      if (!world.broken) throw error
      return this.#reopen('kill')
    }
    if (world.disk.dead) return this.#die()
    if (world.disk.openFiles > 0) throw new Violation(`open after the close: ${world.disk.openPaths}`)
    const strange = world.flawless ? strangeFiles(world, false) : []
    if (strange.length > 0) throw new Violation(`nobody knows these files: ${strange.join(', ')}`)
    if (this.#isClean()) for (const { log } of world.slots) log?.stopped()
    else if (!world.broken) throw new Violation('the close left no mark of a clean stop')
    this.#counts.stops++
    await this.#reopen('stop')
  }

  /** Ends the life and begins the next ones, until one comes up that holds what it must. */
  async #reopen(ending: Ending): Promise<void> {
    const world = this.#world
    let worst = ending
    let points: ReadonlyMap<string, Offset> | null = null
    for (;;) {
      if (ending === 'kill') this.#counts.kills++
      if (ending === 'power') this.#counts.powerLosses++
      world.note(`== ${ending}`)
      world.disk.end(ending === 'power' ? 'power' : 'kill')
      // Starts that are cut short may know of a loss already that no check has seen.
      points ??= recoveryPoints(world)
      this.#buryHolders()
      const clean = this.#isClean()
      const opened = await this.#open()
      if (opened !== null) {
        await world.drive('checking', checkRestart(world, { opened, ending: worst, clean, points }))
        world.check()
        return
      }
      ending = this.#ending()
      if (worst !== 'power') worst = ending
    }
  }

  /** What the engine says when it is opened, or null if it died or was refused on the way. */
  async #open(): Promise<Opened | null> {
    const world = this.#world
    const { random, disk } = world
    disk.faults.clear()
    const life = world.begin()
    const engine = createFileEngine({
      dataDir: DATA_DIR,
      disk: life,
      now: () => world.nowMs,
      monotonic: () => world.nowMs,
      uuid: () => Buffer.from(`uuid-${String(world.unique()).padStart(11, '0')}`).toString('base64url'),
      warn: line => world.note(`warning: ${line}`),
      maxOpenFiles: this.#maxOpenFiles,
      durability: world.durable,
      journal: this.#journal,
      after: (delayMs, fire) => world.after(delayMs, fire),
    })
    world.engine = engine
    if (random.oneIn(6)) doom(world)
    if (random.oneIn(30)) limit(world)
    if (random.oneIn(30)) breakDown(world)
    world.note('open')
    try {
      const opened = await world.drive('open', engine.open())
      if (opened === undefined) return null
      disk.killIn(Number.POSITIVE_INFINITY)
      disk.faults.clear()
      if (world.limited) world.limit(false)
      return opened
    } catch (error) {
      if (world.flawless || error instanceof Violation) throw error
      world.note(`opening failed: ${error}`)
      await world.idle()
      if (disk.openFiles > 0) throw new Violation(`open after a failed opening: ${disk.openPaths}`)
      return null
    }
  }

  /** Each life is a process of its own; all of them bear this one's number. */
  #buryHolders(): void {
    const { disk } = this.#world
    for (const name of disk.list(DATA_DIR))
      if (name.startsWith('.lock') && (disk.file(`${DATA_DIR}/${name}`)?.sizeBytes ?? 0) > 0)
        disk.overwrite(`${DATA_DIR}/${name}`, DEAD_HOLDER)
  }

  #isClean(): boolean {
    return this.#world.disk.file(`${DATA_DIR}/.kafka_cleanshutdown`) !== null
  }

  #ending(): Ending {
    // After a failed sync the cache lies about the medium, which no recovery can see: nothing is promised for a loss of power then.
    const { durable, disk, random } = this.#world
    const lies = durable === 'os' && [...disk.names.files()].some(file => file.doubtful)
    return lies || !this.#power || random.oneIn(2) ? 'kill' : 'power'
  }

  #story(error: unknown): string {
    const { seed } = this.#options
    const { steps } = this.#counts
    const lives = this.#world.lives.flatMap(({ steps, calls }) => [
      'The steps of a life:',
      ...steps.slice(-SHOWN_STEPS),
      'Its last disk calls:',
      ...calls.slice(-SHOWN_CALLS),
    ])
    const what = error instanceof Violation ? error.message : error instanceof Error ? error.stack : String(error)
    return [
      `seed ${seed} (${kindOf(seed)}), step ${steps}: ${what}`,
      `To see it again: npm run simulate -- --seed ${seed}`,
      ...lives,
    ].join('\n')
  }
}
