import { DeleteAcls } from '../../protocol/messages/delete-acls.ts'
import { noAuthorizer } from '../cluster/no-authorizer.ts'
import { handler } from './handler.ts'

/** DeleteAcls: SECURITY_DISABLED for each filter, as there is no authorizer and so no ACL. */
export const deleteAcls = handler(DeleteAcls, {
  handle() {
    throw noAuthorizer()
  },
  refuse: ({ filters }, { code, detail }) => ({
    throttleTimeMs: 0,
    filterResults: filters.map(() => ({ errorCode: code, errorMessage: detail, matchingAcls: [] })),
  }),
})
