/**
 * Runs a story of a transcript: lines that begin with `>` are what happens, the lines below each are what it leads to.
 *
 *   > a joins g protocols=range:sub,sticky:sub     a client acts; what it doesn't say it remembers (member id, generation)
 *   > a syncs g assign=a-1:A,b-1:B
 *   > admin describes g
 *   > wait 3000                                    ms pass, timers fire
 *   > set maxSize=2
 *   > restart                                      only the log is left
 */
import type { RequestId } from '../coordinator/machine.ts'
import { retold } from '../coordinator/stories.test.fixture.ts'
import type { Verified } from '../partition/produce/transaction-checks.ts'
import type { GroupEvent } from './group-events.ts'
import type { GroupReply, JoinReply } from './group-replies.ts'
import { eventOf, type Memory } from './group-story-events.test.fixture.ts'
import { keyText, replyText, writeTexts } from './group-story-text.test.fixture.ts'
import { GroupWorld, type MutableSettings, type Step } from './group-world.test.fixture.ts'

/** One story; each has a world of its own. */
export class GroupStory {
  readonly #world = new GroupWorld()
  readonly #memories = new Map<string, Memory>()
  readonly #asked = new Map<RequestId, { readonly label: string; readonly event: GroupEvent }>()

  /** The story with what really follows each line. */
  run(story: string): string {
    return retold(story, command => this.#act(command))
  }

  #act(command: string): string[] {
    const [actor = '', verb = '', ...rest] = command.split(/\s+/)
    if (actor === 'wait') return this.#wait(Number(verb))
    if (actor === 'restart') return this.#world.restart().map(effect => this.#effect(effect))
    if (actor === 'set') {
      const [key = '', value] = verb.split('=')
      this.#world.settings[key as keyof MutableSettings] = Number(value)
      return []
    }
    const label = `${actor} ${verb}`
    const memory = this.#memory(actor, rest[0] ?? '')
    const step = this.#world.ask(request => {
      const event = eventOf(request, actor, verb, rest, memory)
      this.#asked.set(request, { label, event })
      return event
    })
    return this.#step(step)
  }

  #memory(actor: string, group: string): Memory {
    const key = `${actor} ${group}`
    const memory = this.#memories.get(key) ?? { memberId: '', generationId: -1, ids: 0, verified: null }
    this.#memories.set(key, memory)
    return memory
  }

  #wait(ms: number): string[] {
    const lines: string[] = []
    for (let left = ms; ; ) {
      const fired = this.#world.pass(left)
      if (fired === null) return lines
      left -= fired.passedMs
      lines.push(`  ${this.#world.elapsedMs} ms: ${keyText(fired.key)}`, ...this.#step(fired.step))
    }
  }

  #step({ writes, effects }: Step): string[] {
    return [...writes.flatMap(writeTexts).map(text => `  log ${text}`), ...effects.map(effect => this.#effect(effect))]
  }

  #effect(effect: Step['effects'][number]): string {
    if (effect.type === 'wake') return `  timer ${keyText(effect.key)} in ${effect.at - this.#world.elapsedMs} ms`
    if (effect.type === 'cancel') return `  timer ${keyText(effect.key)} off`
    if (effect.type === 'call') throw new Error('groups call nobody')
    const { label, event } = this.#asked.get(effect.to)!
    this.#asked.delete(effect.to)
    if (event.type === 'verifyTxn')
      this.#memory(label.split(' ')[0]!, event.groupId).verified = effect.reply as Verified
    if (event.type === 'join') this.#remember(label, event.groupId, effect.reply as JoinReply)
    return `  ${label} <- ${replyText(event, effect.reply as GroupReply)}`
  }

  #remember(label: string, group: string, reply: JoinReply): void {
    const memory = this.#memory(label.split(' ')[0]!, group)
    if (reply.error === 'NONE' || reply.error === 'MEMBER_ID_REQUIRED') memory.memberId = reply.memberId
    if (reply.error === 'NONE') memory.generationId = reply.generationId
  }
}
