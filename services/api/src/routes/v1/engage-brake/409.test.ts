import { BRAKE_NAMES } from '@hangar/core'
import { listAudit, listEngaged } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each(BRAKE_NAMES.filter((name) => name !== 'operator'))(
  '%s engages by its own condition only',
  async (name) => {
    const response = await request(api.app)
      .post(`/v1/brakes/${name}/engage`)
      .set(serviceKey)
      .send({ reason: 'to be safe' })
    expect(response.status).toBe(409)
    expect(response.body).toMatchObject({ code: 'brake_not_by_hand' })
    expect(await listEngaged(api.db)).toEqual([])
    expect(await listAudit(api.db, { limit: 1 })).toEqual([])
  },
)
