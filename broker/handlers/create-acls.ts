import { CreateAcls } from '../../protocol/messages/create-acls.ts'
import { noAuthorizer } from '../cluster/no-authorizer.ts'
import { handler } from './handler.ts'

/** CreateAcls: SECURITY_DISABLED for each, as there is no authorizer that would know them. */
export const createAcls = handler(CreateAcls, {
  handle() {
    throw noAuthorizer()
  },
  refuse: ({ creations }, { code, detail }) => ({
    throttleTimeMs: 0,
    results: creations.map(() => ({ errorCode: code, errorMessage: detail })),
  }),
})
