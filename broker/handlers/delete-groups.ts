import { codeOf } from '../../protocol/errors.ts'
import { DeleteGroups } from '../../protocol/messages/delete-groups.ts'
import { each } from './each.ts'
import { handler } from './handler.ts'

/** Deletes groups with their offsets: each NON_EMPTY_GROUP or GROUP_ID_NOT_FOUND, or it is gone. A name counts once. */
export const deleteGroups = handler(DeleteGroups, {
  async handle(request, _context, { groups }) {
    const results = await each(
      [...new Set(request.groupsNames)],
      async groupId => result(groupId, codeOf(await groups.ask({ type: 'deleteGroup', groupId }))),
      (groupId, error) => result(groupId, error.code, error.detail),
    )
    return { throttleTimeMs: 0, results }
  },
  refuse: (request, error) => ({
    throttleTimeMs: 0,
    results: request.groupsNames.map(groupId => result(groupId, error.code, error.detail)),
  }),
})

const result = (groupId: string, errorCode: number, errorMessage: string | null = null) => ({
  groupId,
  errorCode,
  errorMessage,
})
