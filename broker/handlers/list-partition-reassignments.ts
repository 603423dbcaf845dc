import { codeOf } from '../../protocol/errors.ts'
import { ListPartitionReassignments } from '../../protocol/messages/list-partition-reassignments.ts'
import { handler } from './handler.ts'

/** ListPartitionReassignments (KIP-455): none is ever under way. */
export const listPartitionReassignments = handler(ListPartitionReassignments, {
  handle: () => ({ throttleTimeMs: 0, errorCode: codeOf('NONE'), errorMessage: null, topics: [] }),
  refuse: (_request, { code, detail }) => ({ throttleTimeMs: 0, errorCode: code, errorMessage: detail, topics: [] }),
})
