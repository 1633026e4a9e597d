-- How many business days the carrier of a location takes; a promise then says when it arrives.
alter table holdfast.locations
  add column carrier_days_min int,
  add column carrier_days_max int,
  add constraint locations_carrier_days check (
    (carrier_days_min is null) = (carrier_days_max is null)
    and carrier_days_min >= 0 and carrier_days_max between carrier_days_min and 365
  );
