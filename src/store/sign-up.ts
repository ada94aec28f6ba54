// Whether strangers may ask for an account by themselves: a setting of the host, off at first.
import type { Database } from './database.ts'

const key = 'sign-up'
export type SignUp = 'invitation' | 'open'

export const signUpOf = async (db: Database): Promise<SignUp> => {
  const row = await db.selectFrom('host_state').select('value').where('key', '=', key).executeTakeFirst()
  return row?.value === 'open' ? 'open' : 'invitation'
}

export const setSignUp = async (db: Database, value: SignUp): Promise<void> => {
  await db.insertInto('host_state').values({ key, value }).onConflict((conflict) => conflict.column('key').doUpdateSet({ value })).execute()
}
