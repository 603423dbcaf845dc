/**
 * Runs a story of a transcript: lines that begin with `>` are what happens, the lines below each are what it leads to.
 *
 *   > a inits tx                     as a new producer; it goes on with the id and epoch that it is given
 *   > a inits tx again               with its id and epoch
 *   > a adds tx t/0 t/1              by itself; `second`: by a broker, as clients of the second version have it done
 *   > a verifies tx t/0
 *   > a commits tx                   or aborts; `second`: with an epoch of its own. Answers are remembered
 *   > call 1001 written again gone   the answer to a call for markers, by partition
 *   > given tx 9:32765               the id's producer has that epoch already
 *   > admin describes tx
 *   > wait 3000                      ms pass, timers fire
 *   > set transactionVersion=1
 *   > restart                        only the log is left, and calls under way
 *
 * What a client says otherwise than it remembers: `epoch=3`, `id=7`, `timeout=1000`.
 */
import type { RequestId } from '../coordinator/machine.ts'
import { retold } from '../coordinator/stories.test.fixture.ts'
import { NEEDS_PRODUCER_ID, type ProducerReply, type TransactionEvent } from './transaction-events.ts'
import { callText, recordText, replyText } from './transaction-story-text.test.fixture.ts'
import { type MutableSettings, type Step, TransactionWorld } from './transaction-world.test.fixture.ts'
import { NONE } from './transaction.ts'

interface Memory {
  producerId: number
  producerEpoch: number
}

/** One story; each has a world of its own. */
export class TransactionStory {
  readonly #world = new TransactionWorld()
  readonly #memories = new Map<string, Memory>()
  readonly #asked = new Map<
    RequestId,
    { readonly label: string; readonly actor: string; readonly event: TransactionEvent }
  >()
  #producerIds = 0

  /** The story with what really follows each line. */
  run(story: string): string {
    return retold(story, command => this.#act(command))
  }

  #act(command: string): string[] {
    const [actor = '', verb = '', ...rest] = command.split(/\s+/)
    if (actor === 'wait') return this.#wait(Number(verb))
    if (actor === 'restart') return this.#effects(this.#world.restart())
    if (actor === 'call') return this.#answer(Number(verb), rest)
    if (actor === 'given') return this.#place(verb, rest[0] ?? '')
    if (actor === 'set') {
      const [key = '', value] = verb.split('=')
      this.#world.settings[key as keyof MutableSettings] = Number(value)
      return []
    }
    return this.#ask(actor, verb, rest, null)
  }

  #ask(actor: string, verb: string, rest: readonly string[], freshProducerId: number | null): string[] {
    const step = this.#world.ask(request => {
      const event = this.#event(request, actor, verb, rest, freshProducerId)
      this.#asked.set(request, { label: `${actor} ${verb}`, actor, event })
      return event
    })
    const needs = step.effects.some(effect => effect.type === 'reply' && effect.reply === NEEDS_PRODUCER_ID)
    return needs ? this.#ask(actor, verb, rest, ++this.#producerIds) : this.#step(step)
  }

  #event(
    request: RequestId,
    actor: string,
    verb: string,
    [transactionalId = '', ...rest]: readonly string[],
    freshProducerId: number | null,
  ): TransactionEvent {
    const said = new Map(rest.filter(word => word.includes('=')).map(word => word.split('=') as [string, string]))
    const memory = this.#memory(actor, transactionalId)
    const producerId = Number(said.get('id') ?? memory.producerId)
    const producerEpoch = Number(said.get('epoch') ?? memory.producerEpoch)
    const own = { request, transactionalId, producerId, producerEpoch }
    const clientVersion = rest.includes('second') ? 2 : 0
    switch (verb) {
      case 'inits': {
        const known = rest.includes('again') || said.has('epoch') ? {} : { producerId: NONE, producerEpoch: NONE }
        const timeoutMs = Number(said.get('timeout') ?? 60_000)
        return { type: 'init', ...own, ...known, timeoutMs, freshProducerId }
      }
      case 'adds':
      case 'verifies': {
        const partitions = rest
          .filter(word => word.includes('/'))
          .map(word => ({ topic: word.split('/')[0]!, partition: Number(word.split('/')[1]) }))
        return { type: 'addPartitions', ...own, verifyOnly: verb === 'verifies', clientVersion, partitions }
      }
      case 'commits':
      case 'aborts':
        return { type: 'end', ...own, committed: verb === 'commits', clientVersion, freshProducerId }
      case 'describes':
        return { type: 'describe', request, transactionalId }
      case 'lists':
        return { type: 'list', request }
      default:
        throw new Error(`nobody ${verb} in a story`)
    }
  }

  #place(transactionalId: string, producer: string): string[] {
    const [producerId = NONE, producerEpoch = NONE] = producer.split(':').map(Number)
    const known = { transactionalId, producerId, previousProducerId: producerId, producerEpoch, timeoutMs: 60_000 }
    const rest = { nextProducerId: NONE, lastProducerEpoch: NONE, lastUpdateMs: 0, startMs: NONE, clientVersion: 0 }
    const transaction = { ...known, ...rest, state: 'Empty', partitions: new Map() } as const
    this.#world.place({ transactionalId, transaction, valueVersion: 1 })
    return []
  }

  #answer(id: number, outcomes: readonly string[]): string[] {
    const call = this.#world.calls.find(call => call.id === id)
    if (call === undefined) throw new Error(`no call ${id} waits`)
    this.#world.take(call)
    const { transactionalId } = call
    return this.#step(
      this.#world.ask(() => ({ type: 'markers', call: id, transactionalId, outcomes: outcomes as never })),
    )
  }

  #memory(actor: string, transactionalId: string): Memory {
    const key = `${actor} ${transactionalId}`
    const memory = this.#memories.get(key) ?? { producerId: NONE, producerEpoch: NONE }
    this.#memories.set(key, memory)
    return memory
  }

  #wait(ms: number): string[] {
    const lines: string[] = []
    for (let left = ms; ; ) {
      const fired = this.#world.pass(left)
      if (fired === null) return lines
      left -= fired.passedMs
      lines.push(`  ${this.#world.elapsedMs} ms: ${fired.key}`, ...this.#step(fired.step))
    }
  }

  #step({ records, effects }: Step): string[] {
    return [...records.map(record => `  log ${recordText(record)}`), ...this.#effects(effects)]
  }

  #effects(effects: Step['effects']): string[] {
    return effects.map(effect => this.#effect(effect))
  }

  #effect(effect: Step['effects'][number]): string {
    if (effect.type === 'wake') return `  timer ${effect.key} in ${effect.at - this.#world.elapsedMs} ms`
    if (effect.type === 'cancel') throw new Error('these timers only fire')
    if (effect.type === 'call') return `  call ${effect.id}: ${callText(effect.request as never)}`
    const { label, actor, event } = this.#asked.get(effect.to)!
    this.#asked.delete(effect.to)
    if (event.type === 'init' || event.type === 'end') {
      const { error, producerId, producerEpoch } = effect.reply as ProducerReply
      if (error === 'NONE') Object.assign(this.#memory(actor, event.transactionalId), { producerId, producerEpoch })
    }
    return `  ${label} <- ${replyText(event, effect.reply)}`
  }
}
