-- A correction of the books, written by a repair: see docs/guides/repair.md.
insert into holdfast.transaction_kinds (kind, name) values (15, 'correct');
