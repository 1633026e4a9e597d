import { asOwner } from '../shop.ts'

// A clock that stands still until it is told: then a hold can be met at the very microsecond of its
// end. It replaces the body of holdfast.clock() in one test's database.

const STAND = `
  create table holdfast.frozen_clock (at timestamptz not null);
  insert into holdfast.frozen_clock values (clock_timestamp());
  grant select, update on holdfast.frozen_clock to holdfast_app;
  create or replace function holdfast.clock() returns timestamptz language sql volatile as
    'select f.at from holdfast.frozen_clock f'`

export type FrozenClock = {
  /** Puts the hands to an instant. */
  set: (instant: string) => Promise<void>
  /** Puts them so many microseconds after an instant, or before it. */
  setNear: (instant: string, microseconds: number) => Promise<void>
}

export const freezeClock = async (ownerUrl: string): Promise<FrozenClock> => {
  await asOwner(ownerUrl, STAND)
  const setNear = async (instant: string, microseconds: number) => {
    await asOwner(
      ownerUrl,
      `update holdfast.frozen_clock set at = $1::timestamptz + $2 * interval '1 microsecond'`,
      [instant, microseconds],
    )
  }
  return { setNear, set: instant => setNear(instant, 0) }
}
