/** A shard over the memory engine, with a machine that keeps words: for tests of the shard. */
import type { Engine, LogOptions } from '../../storage/engine.ts'
import { createMemoryEngine } from '../../storage/memory/engine.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { engineShardLog } from './engine-shard-log.ts'
import type { Applied, Decision, Effect, Machine, Now, RequestId } from './machine.ts'
import type { RecordCodec } from './record-codec.ts'
import type { ShardLog } from './shard-log.ts'
import type { ShardOptions } from './shard-options.ts'
import { Shard } from './shard.ts'

/** The shard's log. */
export const LOG = 'state/test'
const OPTIONS: LogOptions = {
  name: 'test-0',
  segmentBytes: 1 << 20,
  segmentMs: 1 << 30,
  indexIntervalBytes: 4096,
  segmentIndexBytes: 1 << 20,
  flushMessages: 1 << 30,
  flushMs: 1 << 30,
}

/** What the machine of words decides on. */
export type WordEvent =
  | { type: 'add'; request: RequestId; text: string; producer?: { id: number; epoch: number } }
  | { type: 'end'; producer: { id: number; epoch: number }; committed: boolean }
  | { type: 'read'; request: RequestId }
  | { type: 'park'; request: RequestId }
  | { type: 'fail'; request: RequestId }
  | { type: 'wake'; key: string; at: number }
  | { type: 'call'; request: RequestId }
  | { type: 'answer'; text: string }
  | { type: 'expired'; key: string; at: number }

/** Keeps words; those of a transaction when it is committed. */
export class Words implements Machine<WordEvent, string, string> {
  readonly words: string[] = []
  readonly places: string[] = []
  readonly expired: string[] = []
  readonly #pending = new Map<number, string[]>()
  #caller: RequestId | null = null
  readonly #onLoaded: readonly Effect<string>[]

  constructor(onLoaded: readonly Effect<string>[] = []) {
    this.#onLoaded = onLoaded
  }

  on(event: WordEvent, _now: Now): Decision<string, string> {
    switch (event.type) {
      case 'add': {
        const effects: Effect<string>[] = [{ type: 'reply', to: event.request, reply: `${this.words.length}` }]
        const { producer } = event
        return { writes: [{ records: [event.text], ...(producer ? { producer } : {}) }], effects }
      }
      case 'end':
        return {
          writes: [{ marker: { ...event.producer, committed: event.committed, coordinatorEpoch: 7 } }],
          effects: [],
        }
      case 'read':
        return { writes: [], effects: [{ type: 'reply', to: event.request, reply: this.words.join(' ') }] }
      case 'park':
        return { writes: [], effects: [] }
      case 'fail':
        throw new TypeError('a bug')
      case 'wake':
        return { writes: [], effects: [{ type: 'wake', key: event.key, at: event.at }] }
      case 'call':
        this.#caller = event.request
        return { writes: [], effects: [{ type: 'call', id: event.request, target: 'somebody', request: 'hello' }] }
      case 'answer':
        return { writes: [], effects: [{ type: 'reply', to: this.#caller!, reply: event.text }] }
      case 'expired':
        this.expired.push(`${event.key}@${event.at}`)
        return { writes: [], effects: [] }
    }
  }

  apply(word: string, at: Applied): void {
    this.places.push(`${at.offset}:${at.timestamp}`)
    if (at.producer === null) this.words.push(word)
    else this.#pending.set(at.producer.id, [...(this.#pending.get(at.producer.id) ?? []), word])
  }

  applyMarker(marker: { id: number; committed: boolean }, at: Applied): void {
    this.places.push(`${at.offset}:${at.timestamp}`)
    if (marker.committed) this.words.push(...(this.#pending.get(marker.id) ?? []))
    this.#pending.delete(marker.id)
  }

  onLoaded(): readonly Effect<string>[] {
    return this.#onLoaded
  }
}

const codec: RecordCodec<string> = {
  encode: word => ({ key: Buffer.from(word), value: Buffer.from(word) }),
  decode: key => (key.toString() === 'unknown' ? null : key.toString()),
}

/** What a test has in hand. */
export interface World {
  readonly engine: Engine
  readonly log: ShardLog
  readonly clock: ManualClock
  readonly logged: string[]
  shard(options?: Partial<ShardOptions<WordEvent, string, string>>): Shard<WordEvent, string, string>
}

/** An empty log, a clock that moves by hand, and what was logged. */
export const world = async (): Promise<World> => {
  const engine = createMemoryEngine()
  await engine.open()
  await engine.createLog(LOG, OPTIONS)
  const log = engineShardLog(engine, LOG)
  const clock = new ManualClock()
  const logged: string[] = []
  const record = (_fields: unknown, message?: string) => void logged.push(message ?? '')
  const logger = { error: record, warn: record } as ShardOptions<WordEvent, string, string>['logger']
  const shard: World['shard'] = options =>
    new Shard<WordEvent, string, string>({
      name: 'test',
      log,
      make: () => new Words(),
      codec,
      clock,
      logger,
      expired: (key, at) => ({ type: 'expired', key, at }),
      ...options,
    })
  return { engine, log, clock, logged, shard }
}

/** Adds a word; the reply is how many there were. */
export const add = (shard: Shard<WordEvent, string, string>, text: string): Promise<string> =>
  shard.send(request => ({ type: 'add', request, text }))
/** The words. */
export const read = (shard: Shard<WordEvent, string, string>): Promise<string> =>
  shard.send(request => ({ type: 'read', request }))
