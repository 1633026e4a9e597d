import Type from 'typebox'
import { type Route, route } from '../server/route.ts'
import {
  CreateLocation,
  ListLocations,
  LocationPage,
  LocationParams,
  UpdateLocation,
} from './shapes.ts'

const tag = 'Locations'
const answer = Type.Ref('Location#')

/** Locations over HTTP. */
export const locationRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/v1/locations',
    scope: 'read',
    tag,
    operation: 'list_locations',
    summary: 'List locations',
    query: ListLocations,
    answer: LocationPage,
    refusals: ['too_large'],
    call: (holdfast, { query }) => holdfast.locations.list(query),
  }),
  route({
    method: 'POST',
    url: '/v1/locations',
    scope: 'stock',
    tag,
    operation: 'create_location',
    summary: 'Make a location',
    body: CreateLocation,
    answer,
    status: 201,
    refusals: ['location_exists', 'unknown_calendar', 'too_large'],
    call: (holdfast, { body, options }) => holdfast.locations.create(body, options),
  }),
  route({
    method: 'GET',
    url: '/v1/locations/:code',
    scope: 'read',
    tag,
    operation: 'get_location',
    summary: 'Read one location',
    params: LocationParams,
    answer,
    missing: 'unknown_location',
    refusals: ['too_large'],
    etag: true,
    call: (holdfast, { params }) => holdfast.locations.get(params),
  }),
  route({
    method: 'PATCH',
    url: '/v1/locations/:code',
    scope: 'stock',
    tag,
    operation: 'update_location',
    summary: 'Change a location',
    params: LocationParams,
    body: UpdateLocation,
    answer,
    refusals: ['unknown_location', 'location_exists', 'unknown_calendar', 'too_large'],
    call: (holdfast, { params, body, options }) =>
      holdfast.locations.update({ ...body, ...params }, options),
  }),
  route({
    method: 'POST',
    url: '/v1/locations/:code/archive',
    scope: 'stock',
    tag,
    operation: 'archive_location',
    summary: 'Archive a location',
    params: LocationParams,
    answer,
    refusals: ['unknown_location', 'location_in_use', 'too_large'],
    call: (holdfast, { params, options }) => holdfast.locations.archive(params, options),
  }),
  route({
    method: 'POST',
    url: '/v1/locations/:code/unarchive',
    scope: 'stock',
    tag,
    operation: 'unarchive_location',
    summary: 'Put a location back from the archive',
    params: LocationParams,
    answer,
    refusals: ['unknown_location', 'too_large'],
    call: (holdfast, { params, options }) => holdfast.locations.unarchive(params, options),
  }),
]
