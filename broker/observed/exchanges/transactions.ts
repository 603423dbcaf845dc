import {
  AddPartitionsToTxn,
  DescribeTransactions,
  EndTxn,
  FindCoordinator,
  InitProducerId,
} from '../../../protocol/messages/index.ts'
import type { Exchange } from '../exchange.ts'
import { Coordinated, coordinatorOf, loaded, sorted } from './coordinated.ts'

const find: Exchange = {
  id: 'find-transaction-coordinator',
  async play(talk) {
    const key = talk.fresh('tx')
    await talk.each(
      'one id',
      FindCoordinator,
      version => (version < 4 ? { key, keyType: 1 } : { coordinatorKeys: [key], keyType: 1 }),
      { from: 1, until: answer => loaded(answer) && (answer.coordinators ?? []).every(loaded) },
    )
    await talk.ask('an empty id', FindCoordinator, 3, { key: '', keyType: 1 })
    await talk.ask('two ids', FindCoordinator, 4, { coordinatorKeys: [key, talk.fresh('other')], keyType: 1 })
  },
}

const init: Exchange = {
  id: 'init-versions',
  async play(talk) {
    const tx = await Coordinated.fresh(talk)
    for (const version of talk.versions(InitProducerId)) await tx.init('again and again', version)
    await tx.init('no coordinator of an empty id', 4, { transactionalId: '' })
    await tx.init('a negative timeout', 4, { transactionTimeoutMs: -1 })
    await tx.describe('one more epoch each time')
  },
}

const recover: Exchange = {
  id: 'init-with-an-epoch',
  async play(talk) {
    const unknown = await Coordinated.fresh(talk, 'unknown')
    await unknown.init('an id that nobody has', 4, { producerId: 12345, producerEpoch: 3 })
    const tx = await Coordinated.begun(talk)
    const { producerId } = tx
    await tx.init('with its epoch', 3, { producerId, producerEpoch: 0 })
    await tx.init('the same again', 3, { producerId, producerEpoch: 0 })
    await tx.init('with the next epoch', 4, { producerId, producerEpoch: 1 })
    await tx.init('with an epoch of old', 3, { producerId, producerEpoch: 0 })
    await tx.init('with an epoch of old', 4, { producerId, producerEpoch: 0 })
    await tx.init('with an epoch to come', 4, { producerId, producerEpoch: 7 })
    await tx.init('with another producer id', 3, { producerId: producerId + 1_000_000, producerEpoch: 2 })
    await tx.init('with another producer id', 4, { producerId: producerId + 1_000_000, producerEpoch: 2 })
    await tx.init('as a new producer', 4)
    await tx.init('with the epoch before the new producer', 4, { producerId, producerEpoch: 2 })
    await tx.describe('in the end')
  },
}

const interrupt: Exchange = {
  id: 'init-while-open',
  async play(talk) {
    const { name } = await talk.topic('t', 2)
    const tx = await Coordinated.begun(talk)
    const { producerId } = tx
    await tx.add('open', 3, [{ name, partitions: [0, 1] }])
    await tx.init('as a new producer', 4, {}, false)
    await tx.init('as a new producer until it may', 4)
    await tx.describe('after it was interrupted')
    await tx.add('open again', 3, [{ name, partitions: [0] }])
    const own = { producerId, producerEpoch: tx.producerEpoch }
    await tx.init('with its epoch', 4, own, false)
    await tx.init('with its epoch until it may', 4, own)
    await tx.init('the same again', 4, own)
    await tx.describe('after it interrupted itself')
    await tx.add('of the second kind', 5, [{ name, partitions: [0] }])
    await tx.init('as a new producer, the second kind', 5)
    await tx.describe('after the second kind was interrupted')
  },
}

const interruptLate: Exchange = {
  id: 'init-while-a-later-one-is-open',
  async play(talk) {
    const { name } = await talk.topic('t', 1)
    const tx = await Coordinated.begun(talk)
    const old = { producerId: tx.producerId, producerEpoch: 0 }
    await tx.init('the next', 4)
    await tx.init('the one after it', 4)
    await tx.add('open', 3, [{ name, partitions: [0] }])
    await tx.init('with an epoch of old', 4, old)
    await tx.describe('after the old one')
  },
}

const adding: Exchange = {
  id: 'add-partitions',
  async play(talk) {
    const { name } = await talk.topic('t', 8)
    const tx = await Coordinated.begun(talk)
    for (const version of talk.versions(AddPartitionsToTxn, 0, 3)) {
      await tx.add('one more', version, [{ name, partitions: [version] }])
      await tx.add('an epoch to come', version, [{ name, partitions: [0] }], { producerEpoch: 5 })
    }
    await tx.add('what is in it', 3, [{ name, partitions: [3, 2] }])
    await tx.add('none', 3, [])
    await tx.add('one that there is and others', 3, [
      { name, partitions: [4, 99] },
      { name: talk.fresh('missing'), partitions: [0] },
    ])
    await tx.add('a partition twice', 3, [{ name, partitions: [5, 5] }])
    await tx.add('another producer id', 3, [{ name, partitions: [0] }], { producerId: tx.producerId + 1_000_000 })
    const unknown = talk.fresh('unknown')
    await coordinatorOf(talk, unknown)
    await tx.add('an id that there isn’t', 3, [{ name, partitions: [0] }], { transactionalId: unknown })
    await tx.add('an empty id', 3, [{ name, partitions: [0] }], { transactionalId: '' })
    await tx.describe('in the end')
  },
}

const verifying: Exchange = {
  id: 'add-partitions-of-brokers',
  async play(talk) {
    const { name } = await talk.topic('t', 8)
    const tx = await Coordinated.begun(talk)
    const verifyOnly = true
    for (const version of talk.versions(AddPartitionsToTxn, 4)) {
      await tx.add('asked before there is one', version, [{ name, partitions: [0] }], { verifyOnly })
    }
    await tx.add('open', 3, [{ name, partitions: [0] }])
    for (const version of talk.versions(AddPartitionsToTxn, 4)) {
      await tx.add('asked', version, [{ name, partitions: [0, 7] }], { verifyOnly })
      await tx.add('one more', version, [{ name, partitions: [version - 3] }])
      await tx.add('asked with an epoch to come', version, [{ name, partitions: [0] }], {
        verifyOnly,
        producerEpoch: 5,
      })
      await tx.add('an epoch to come', version, [{ name, partitions: [0] }], { producerEpoch: 5 })
      await tx.add('asked with another producer id', version, [{ name, partitions: [0] }], {
        verifyOnly,
        producerId: tx.producerId + 1_000_000,
      })
      await tx.add('asked about what there isn’t', version, [{ name, partitions: [0, 99] }], { verifyOnly })
      await tx.add('an empty id', version, [{ name, partitions: [0] }], { transactionalId: '' })
    }
    await tx.end('its end', 4, true)
    await tx.add('asked after the end', 5, [{ name, partitions: [0] }], { verifyOnly })
    const other = await Coordinated.begun(talk, 'other')
    const transaction = ({ transactionalId, producerId, producerEpoch }: Coordinated, partition: number) => ({
      ...{ transactionalId, producerId, producerEpoch, topics: [{ name, partitions: [partition] }] },
    })
    await talk.ask('two', AddPartitionsToTxn, 5, { transactions: [transaction(tx, 3), transaction(other, 4)] })
    await talk.ask('none', AddPartitionsToTxn, 5, { transactions: [] })
    await tx.describe('the one')
    await other.describe('the other')
  },
}

const offsets: Exchange = {
  id: 'add-offsets',
  async play(talk) {
    const group = talk.fresh('g')
    const tx = await Coordinated.begun(talk)
    for (const version of [0, 1, 2, 3, 4]) {
      await tx.addOffsets('a group', version, group)
      await tx.addOffsets('an epoch to come', version, group, { producerEpoch: 5 })
    }
    await tx.addOffsets('another producer id', 4, group, { producerId: tx.producerId + 1_000_000 })
    const unknown = talk.fresh('unknown')
    await coordinatorOf(talk, unknown)
    await tx.addOffsets('an id that there isn’t', 4, group, { transactionalId: unknown })
    await tx.addOffsets('an empty id', 4, group, { transactionalId: '' })
    await tx.addOffsets('an empty group', 4, '')
    await tx.end('its end', 4, false)
    await tx.describe('in the end')
  },
}

const ending: Exchange = {
  id: 'end-transactions',
  async play(talk) {
    const { name } = await talk.topic('t', 2)
    const tx = await Coordinated.begun(talk)
    for (const version of talk.versions(EndTxn, 0, 4)) {
      await tx.end('nothing to commit', version, true)
      await tx.end('nothing to abort', version, false)
    }
    for (const version of talk.versions(EndTxn, 0, 4)) {
      await tx.add('open', 3, [{ name, partitions: [0, 1] }])
      await tx.end('an epoch to come', version, true, { producerEpoch: 5 })
      await tx.end('another producer id', version, true, { producerId: tx.producerId + 1_000_000 })
      await tx.end('commit', version, true)
      await tx.describe('committed')
      await tx.end('commit again', version, true)
      await tx.end('abort what is committed', version, false)
      await tx.add('open', 3, [{ name, partitions: [1] }])
      await tx.end('abort', version, false)
      await tx.describe('aborted')
      await tx.end('abort again', version, false)
      await tx.end('commit what is aborted', version, true)
    }
    const unknown = talk.fresh('unknown')
    await coordinatorOf(talk, unknown)
    await tx.end('an id that there isn’t', 4, true, { transactionalId: unknown })
    await tx.end('an empty id', 4, true, { transactionalId: '' })
    await tx.init('the next producer', 4)
    await tx.end('an epoch of old', 1, true, { producerEpoch: 0 })
    await tx.end('an epoch of old', 4, true, { producerEpoch: 0 })
  },
}

/** Each state, asked to end each way with epochs around its own. */
const endingTwo: Exchange = {
  id: 'end-transactions-with-epochs',
  async play(talk) {
    const { name } = await talk.topic('t', 2)
    const ways = [true, false]
    const word = (committed: boolean): string => (committed ? 'commit' : 'abort')
    for (const state of ['Empty', 'Ongoing', 'CompleteCommit', 'CompleteAbort']) {
      for (const committed of ways) {
        for (const off of [-2, -1, 0, 1]) {
          const tx = await Coordinated.fresh(talk, `${state}-${word(committed)}`)
          for (let epoch = 0; epoch < 3; epoch++) await tx.init('epochs', 5)
          if (state !== 'Empty') await tx.add('open', 5, [{ name, partitions: [0, 1] }])
          if (state.startsWith('Complete')) {
            await tx.end('before', 5, state === 'CompleteCommit')
            await tx.describe('state before')
          }
          const producerEpoch = tx.producerEpoch + off
          await tx.end(`${state}: ${word(committed)} with epoch ${off}`, 5, committed, { producerEpoch })
          await tx.describe(`${state}: after ${word(committed)} with epoch ${off}`)
        }
      }
    }
  },
}

/** A client that goes by one version of transactions, then by the other. */
const mixed: Exchange = {
  id: 'end-transactions-of-both-kinds',
  async play(talk) {
    const { name } = await talk.topic('t', 2)
    const tx = await Coordinated.begun(talk)
    await tx.add('by the client', 3, [{ name, partitions: [0] }])
    await tx.end('with an epoch of its own', 5, true)
    await tx.describe('after the first')
    await tx.add('by a broker', 5, [{ name, partitions: [0] }])
    await tx.end('with the same epoch', 4, true)
    await tx.describe('after the second')
    await tx.end('again, with an epoch of its own', 5, true)
    await tx.end('abort, with an epoch of its own', 5, false)
    await tx.describe('after an abort of nothing')
    await tx.init('with the last epoch', 5, { producerId: tx.producerId, producerEpoch: tx.producerEpoch - 1 })
    await tx.init('with its epoch', 5, { producerId: tx.producerId, producerEpoch: tx.producerEpoch })
    await tx.describe('in the end')
  },
}

const described: Exchange = {
  id: 'describe-transactions',
  async play(talk) {
    const { name } = await talk.topic('t', 3)
    const ask = (label: string, ...transactionalIds: string[]) =>
      talk.ask(label, DescribeTransactions, 0, { transactionalIds }, { pick: sorted })
    const unknown = talk.fresh('unknown')
    await coordinatorOf(talk, unknown)
    const tx = await Coordinated.begun(talk, 'tx', 5000)
    await ask('one that there isn’t', unknown)
    await ask('an empty id', '')
    await ask('none')
    await ask('a new one', tx.transactionalId)
    await tx.add('open', 3, [{ name, partitions: [0, 2] }])
    await tx.addOffsets('a group', 3, 'g')
    await ask('an open one twice, and none', tx.transactionalId, tx.transactionalId, unknown)
  },
}

/** The coordinator of transactions. */
export const transactions: readonly Exchange[] = [
  find,
  init,
  recover,
  interrupt,
  interruptLate,
  adding,
  verifying,
  offsets,
  ending,
  endingTwo,
  mixed,
  described,
]
