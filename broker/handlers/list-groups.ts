import { ListGroups } from '../../protocol/messages/list-groups.ts'
import { handler } from './handler.ts'

/** Lists groups, by state (KIP-518) and type (KIP-848): names in any case; a name that there isn't matches nothing. */
export const listGroups = handler(ListGroups, {
  async handle({ statesFilter, typesFilter }, _context, { groups }) {
    const states = new Set(statesFilter.map(state => state.toLowerCase()))
    const types = new Set(typesFilter.map(type => type.toLowerCase()))
    const listed = (await groups.list())
      .filter(({ state }) => states.size === 0 || states.has(state.toLowerCase()))
      .filter(({ type }) => types.size === 0 || types.has(type))
    return {
      errorCode: 0,
      groups: listed.map(({ groupId, protocolType, state, type }) => ({
        groupId,
        protocolType,
        groupState: state,
        groupType: type,
      })),
    }
  },
  refuse: (_request, error) => ({ errorCode: error.code, groups: [] }),
})
