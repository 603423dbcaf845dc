import { ListTransactions } from '../../../protocol/messages/index.ts'
import type { RequestWrite } from '../../../protocol/schema/notation.ts'
import type { Exchange } from '../exchange.ts'
import { Coordinated } from './coordinated.ts'

type Request = RequestWrite<typeof ListTransactions>

const lists: Exchange = {
  id: 'list-transactions',
  async play(talk) {
    const { name } = await talk.topic('t', 1)
    const fresh = await Coordinated.begun(talk, 'empty')
    const open = await Coordinated.begun(talk, 'open')
    const done = await Coordinated.begun(talk, 'done')
    for (const tx of [open, done]) await tx.add('open', 3, [{ name, partitions: [0] }])
    await done.end('ended', 4, true)
    await done.describe('ended')
    const ours = new Set([fresh, open, done].map(({ transactionalId }) => transactionalId))
    const list = async (label: string, more: Partial<Request> = {}, version = 2) => {
      await talk.ask(
        label,
        ListTransactions,
        version,
        { stateFilters: [], producerIdFilters: [], ...more },
        {
          pick: answer => ({
            ...answer,
            transactionStates: answer.transactionStates.filter(({ transactionalId }) => ours.has(transactionalId)),
          }),
        },
      )
    }
    for (const version of talk.versions(ListTransactions)) {
      await list('all', {}, version)
      await list('by state', { stateFilters: ['Ongoing', 'Empty'] }, version)
      await list('by states that there aren’t', { stateFilters: ['Odd', 'ongoing', 'Dead', ''] }, version)
      await list('by one state and one that there isn’t', { stateFilters: ['Ongoing', 'Odd'] }, version)
      await list('by producer', { producerIdFilters: [done.producerId, 999_999_999] }, version)
      await list('by both', { producerIdFilters: [done.producerId], stateFilters: ['Ongoing'] }, version)
    }
    for (const version of talk.versions(ListTransactions, 1)) {
      await list('open for long', { durationFilter: 1_000_000 }, version)
      await list('open for no time', { durationFilter: -1 }, version)
    }
    const [prefix] = open.transactionalId.split('open')
    const pattern = (label: string, transactionalIdPattern: string | null) =>
      list(`pattern ${label}`, { transactionalIdPattern })
    await pattern('none', null)
    await pattern('empty', '')
    await pattern('.*open', '.*open')
    await pattern('open', 'open')
    await pattern('the beginning', prefix!)
    await pattern('alternatives', '.*(open|done)')
    await pattern('a class', '.*-00[2-3]-[a-z]+')
    await pattern('counts', '.{5,}-\\d{3}-\\w*')
    await pattern('without case', '(?i).*OPEN')
    await pattern('anchors', '^.*open$')
    await pattern('not greedy', '.*?o.*?')
    await pattern('a property', '.*\\p{Ll}')
    await pattern('that is none: (', '(')
    await pattern('that is none: *', '*')
    await pattern('looking ahead', '(?=.*open).*')
    await pattern('looking back at a group', '(.)\\1.*')
    await pattern('possessive', '.*+open')
  },
}

/** Lists of transactional ids. */
export const transactionLists: readonly Exchange[] = [lists]
