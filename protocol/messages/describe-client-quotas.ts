import { api, array, bool, float64, int16, int32, int8, string } from '../schema/notation.ts'

/** DescribeClientQuotas. */
export const DescribeClientQuotas = api({
  key: 48,
  name: 'DescribeClientQuotas',
  versions: '0-1',
  flexible: '1+',
  request: {
    components: array('0+', {
      entityType: string(),
      matchType: int8(),
      match: string('0+', { nullable: '0+' }),
    }),
    strict: bool(),
  },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+' }),
    entries: array(
      '0+',
      { nullable: '0+' },
      {
        entity: array('0+', {
          entityType: string(),
          entityName: string('0+', { nullable: '0+' }),
        }),
        values: array('0+', {
          key: string(),
          value: float64(),
        }),
      },
    ),
  },
})
