import { codeOf } from '../../protocol/errors.ts'
import { DescribeUserScramCredentials } from '../../protocol/messages/describe-user-scram-credentials.ts'
import { handler } from './handler.ts'

/** DescribeUserScramCredentials (KIP-554): no user has any. DUPLICATE_RESOURCE for one who is named twice, RESOURCE_NOT_FOUND else. */
export const describeUserScramCredentials = handler(DescribeUserScramCredentials, {
  handle({ users }) {
    const counts = new Map<string, number>()
    for (const { name } of users ?? []) counts.set(name, (counts.get(name) ?? 0) + 1)
    return {
      ...{ throttleTimeMs: 0, errorCode: codeOf('NONE'), errorMessage: '' },
      results: Array.from(counts, ([user, count]) => ({
        user,
        errorCode: codeOf(count > 1 ? 'DUPLICATE_RESOURCE' : 'RESOURCE_NOT_FOUND'),
        errorMessage:
          count > 1 ? `user '${user}' is asked for ${count} times` : `user '${user}' has no SCRAM credentials`,
        credentialInfos: [],
      })),
    }
  },
  refuse: (_request, { code, detail }) => ({ throttleTimeMs: 0, errorCode: code, errorMessage: detail, results: [] }),
})
