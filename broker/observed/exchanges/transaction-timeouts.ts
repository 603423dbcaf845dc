import type { Exchange } from '../exchange.ts'
import type { Talk } from '../talk.ts'
import { Coordinated } from './coordinated.ts'

/** Beyond a timeout of 1 s and the time between two looks of the coordinator, 10 s. */
const beyondMs = 12_000

const late = async (talk: Talk, tx: Coordinated, name: string, kind: number): Promise<void> => {
  const { producerId, producerEpoch } = tx
  const own = { producerId, producerEpoch }
  await tx.describe('timed out')
  await tx.end('a commit that comes late', kind, true, own)
  await tx.end('an abort that comes late', kind, false, own)
  await tx.describe('after what came late')
  await tx.add('partitions that come late', 3, [{ name, partitions: [1] }], own)
  await tx.add('partitions of a broker that come late', 5, [{ name, partitions: [1] }], own)
  await tx.addOffsets('offsets that come late', 4, talk.fresh('g'), own)
  await tx.init('with its epoch', 5, own)
  await tx.init('as a new producer', 5)
  await tx.describe('in the end')
}

const first: Exchange = {
  id: 'transaction-timeout',
  async play(talk) {
    const { name } = await talk.topic('t', 2)
    const tx = await Coordinated.begun(talk, 'tx', 1000)
    await tx.add('open', 3, [{ name, partitions: [0, 1] }])
    await talk.pass(beyondMs)
    await late(talk, tx, name, 4)
  },
}

const second: Exchange = {
  id: 'transaction-timeout-with-epochs',
  async play(talk) {
    const { name } = await talk.topic('t', 2)
    const tx = await Coordinated.begun(talk, 'tx', 1000)
    await tx.add('open', 5, [{ name, partitions: [0, 1] }])
    await talk.pass(beyondMs)
    await late(talk, tx, name, 5)
  },
}

const renewed: Exchange = {
  id: 'transaction-timeout-counts-from-the-start',
  async play(talk) {
    const { name } = await talk.topic('t', 4)
    const tx = await Coordinated.begun(talk, 'tx', 14_000)
    await tx.add('open', 3, [{ name, partitions: [0] }])
    await talk.pass(10_000)
    await tx.describe('still open')
    await tx.add('one more', 3, [{ name, partitions: [1] }])
    await talk.pass(16_000)
    await tx.describe('timed out')
  },
}

/** Transactions whose producers don't come back in time. */
export const transactionTimeouts: readonly Exchange[] = [first, second, renewed]
