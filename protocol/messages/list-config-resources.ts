import { api, array, int16, int32, int8, string } from '../schema/notation.ts'

/** ListConfigResources. */
export const ListConfigResources = api({
  key: 74,
  name: 'ListConfigResources',
  versions: '0-1',
  flexible: '0+',
  request: {
    resourceTypes: array('1+', int8()),
  },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    configResources: array('0+', {
      resourceName: string(),
      resourceType: int8('1+', { default: 16, ignorable: true }),
    }),
  },
})
