-- The shop's own tables, in the same database as Holdfast's.
create table carts (
  cart_id text primary key,
  reservation_id uuid, -- the cart's hold
  status text not null default 'active'
);
create table cart_items (
  cart_id text not null references carts,
  variant_id text not null,
  location_id text not null,
  quantity int not null check (quantity > 0),
  primary key (cart_id, variant_id, location_id)
);
create table orders (
  order_id text primary key,
  cart_id text not null references carts
);
