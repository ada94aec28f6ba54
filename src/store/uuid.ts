// Ids of the API are UUIDs to Postgres, which refuses any other text with an error instead of an empty answer.
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export const isUuid = (id: string): boolean => uuid.test(id)
