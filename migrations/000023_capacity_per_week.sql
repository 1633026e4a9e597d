-- What is made to order may be counted by the week: on which of its days a unit is ready, nobody
-- knows then, so that its promise is a range.
alter table holdfast.policies
  add column capacity_per_week bigint,
  add constraint policies_week_in_bounds check (
    capacity_per_week between 1 and 1000000000000
  );
