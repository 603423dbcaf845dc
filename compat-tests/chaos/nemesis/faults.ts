/** The table of faults. A new one is a line here: what it needs, how often it comes, what it does and undoes. */
import { setTimeout as delay } from 'node:timers/promises'
import type { BrokerProcess } from '../../runner/broker-process.ts'
import type { Topic } from '../clients/part.ts'
import type { Crew } from '../crew.ts'
import type { HistoryWriter } from '../history/history-file.ts'
import type { SeededRandom } from '../seeded-random.ts'
import type { TcpProxy } from './tcp-proxy.ts'
import type { Plannable } from './schedule.ts'

/** What can be hurt. */
export interface Victims {
  readonly crew: Crew
  readonly history: HistoryWriter
  /** Undefined where the broker isn't ours. */
  readonly broker: BrokerProcess | undefined
  readonly proxy: TcpProxy | undefined
  /** Makes a topic one partition larger. */
  grow(topic: Topic): Promise<void>
}

/** A fault: when {@link Fault.play} resolves all is as it should be again, but for what the fault has broken for good. */
export interface Fault extends Plannable {
  /** Faults of one lane come one after the other, lanes run side by side. */
  readonly lane: 'broker' | 'clients'
  /** `broker`: one of ours; `durable`: one of ours that keeps what it had when it ends; `transactions`: clients with transactional ids. */
  readonly needs: 'durable' | 'broker' | 'transactions' | 'nothing'
  /** Does it, and undoes it after `ms`; resolves with more to say about it. */
  play(victims: Victims, ms: number, random: SeededRandom): Promise<string>
}

/** What a fault that {@link Fault.needs} a broker of ours works on. */
function ours({ broker, proxy }: Victims): { readonly broker: BrokerProcess; readonly proxy: TcpProxy } {
  if (broker === undefined || proxy === undefined) throw new Error('this fault needs a broker of its own')
  return { broker, proxy }
}

async function restart(victims: Victims, ms: number, end: (broker: BrokerProcess) => Promise<void>): Promise<string> {
  const { broker } = ours(victims)
  await end(broker)
  victims.history.note({ do: 'broker', state: 'down' })
  await delay(ms)
  const before = performance.now()
  await broker.start()
  victims.history.note({ do: 'broker', state: 'up' })
  return `listening after ${Math.round(performance.now() - before)} ms`
}

/** All faults. */
export const faults: readonly Fault[] = [
  {
    name: 'kill',
    lane: 'broker',
    needs: 'durable',
    weight: 4,
    maxMs: 3000,
    play: (victims, ms) => restart(victims, ms, broker => broker.kill()),
  },
  {
    name: 'kill-while-starting',
    lane: 'broker',
    needs: 'durable',
    weight: 2,
    maxMs: 400,
    play: (victims, ms, random) =>
      restart(victims, random.between(0, 1000), async broker => {
        await broker.kill()
        victims.history.note({ do: 'broker', state: 'down' })
        const started = broker.start().catch((error: Error) => error.message)
        await delay(ms)
        await broker.kill()
        await started
      }),
  },
  {
    name: 'stop',
    lane: 'broker',
    needs: 'durable',
    weight: 2,
    maxMs: 2000,
    play: (victims, ms) => restart(victims, ms, broker => broker.stop()),
  },
  {
    name: 'pause',
    lane: 'broker',
    needs: 'broker',
    weight: 3,
    maxMs: 9000,
    async play(victims, ms) {
      const { broker } = ours(victims)
      broker.pause()
      await delay(ms)
      broker.resume()
      return ''
    },
  },
  {
    name: 'pause-then-kill',
    lane: 'broker',
    needs: 'durable',
    weight: 1,
    maxMs: 4000,
    async play(victims, ms, random) {
      ours(victims).broker.pause()
      await delay(ms)
      return restart(victims, random.between(0, 1000), broker => broker.kill())
    },
  },
  {
    name: 'cut',
    lane: 'broker',
    needs: 'broker',
    weight: 3,
    maxMs: 0,
    async play(victims) {
      ours(victims).proxy.cut()
      return 'all connections'
    },
  },
  {
    name: 'cut-some',
    lane: 'broker',
    needs: 'broker',
    weight: 3,
    maxMs: 0,
    async play(victims, _, random) {
      ours(victims).proxy.cut(() => random.fraction() < 0.5)
      return 'half of the connections'
    },
  },
  {
    name: 'hold',
    lane: 'broker',
    needs: 'broker',
    weight: 2,
    maxMs: 4000,
    async play(victims, ms) {
      const { proxy } = ours(victims)
      proxy.held = true
      await delay(ms)
      proxy.held = false
      return ''
    },
  },
  {
    name: 'lose-answers',
    lane: 'broker',
    needs: 'broker',
    weight: 3,
    maxMs: 1500,
    async play(victims, ms) {
      const { proxy } = ours(victims)
      proxy.deaf = true
      await delay(ms)
      proxy.cut()
      proxy.deaf = false
      return ''
    },
  },
  {
    name: 'late-requests',
    lane: 'broker',
    needs: 'broker',
    weight: 2,
    maxMs: 3000,
    async play(victims, ms, random) {
      // A late EndTxn would end a later transaction of clients that don't raise their epoch with each (KIP-890): Kafka does that too.
      const plain = (clientId: string): boolean => !clientId.includes('trans')
      const bytes = await ours(victims).proxy.delay(id => plain(id) && random.fraction() < 0.5, 300, ms)
      return `${bytes} bytes`
    },
  },
  {
    name: 'client-kill',
    lane: 'clients',
    needs: 'nothing',
    weight: 3,
    maxMs: 0,
    async play({ crew }, _, random) {
      const name = random.pick(crew.names)
      crew.kill(name)
      return name
    },
  },
  {
    name: 'client-leave',
    lane: 'clients',
    needs: 'nothing',
    weight: 3,
    maxMs: 3000,
    async play({ crew }, ms, random) {
      const name = random.pick(crew.names)
      await crew.rest(name, ms)
      return name
    },
  },
  {
    name: 'client-pause',
    lane: 'clients',
    needs: 'nothing',
    weight: 2,
    maxMs: 12_000,
    async play({ crew }, ms, random) {
      const name = random.pick(crew.names)
      crew.stop(name)
      await delay(ms)
      crew.continue(name)
      return name
    },
  },
  {
    name: 'zombie',
    lane: 'clients',
    needs: 'transactions',
    weight: 3,
    maxMs: 6000,
    async play({ crew }, ms, random) {
      const name = random.pick(crew.names.filter(name => name.includes('trans')))
      const wake = crew.replace(name)
      await delay(ms)
      await wake(zombieMs)
      return name
    },
  },
  {
    name: 'grow',
    lane: 'clients',
    needs: 'nothing',
    weight: 1,
    maxMs: 0,
    async play({ crew, grow }, _, random) {
      const topic = random.pick(crew.topics)
      if (topic.partitions >= maxPartitions) return `${topic.name} is large enough`
      await grow(topic)
      return `${topic.name} has ${topic.partitions + 1} partitions`
    },
  },
]

const maxPartitions = 6
/** How long a producer that was replaced may go on. */
const zombieMs = 5000
