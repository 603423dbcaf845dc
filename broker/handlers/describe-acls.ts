import { DescribeAcls } from '../../protocol/messages/describe-acls.ts'
import { noAuthorizer } from '../cluster/no-authorizer.ts'
import { handler } from './handler.ts'

/** DescribeAcls: SECURITY_DISABLED, as there is no authorizer and so no ACL. */
export const describeAcls = handler(DescribeAcls, {
  handle() {
    throw noAuthorizer()
  },
  refuse: (_request, { code, detail }) => ({ throttleTimeMs: 0, errorCode: code, errorMessage: detail, resources: [] }),
})
