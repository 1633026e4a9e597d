import type { TSchema } from 'typebox'
import { ApiKey, Me, NewApiKey, Session } from '../access/shapes.ts'
import { Backorder } from '../backorders/shapes.ts'
import { Calendar } from '../calendars/shapes.ts'
import { Product, Sku, Variant } from '../catalog/shapes.ts'
import { Channel, ChannelBuffer, ChannelBuffers } from '../channels/shapes.ts'
import { Contact } from '../contacts/shapes.ts'
import { LostDemand } from '../demand/shapes.ts'
import { Event } from '../events/shapes.ts'
import { Import, ImportReport } from '../imports/shapes.ts'
import { InventoryRow, InventorySummary } from '../inventory/shapes.ts'
import { Kit, KitBuild } from '../kits/shapes.ts'
import { Transaction } from '../ledger/shapes.ts'
import { Location } from '../locations/shapes.ts'
import { Mail, MailSettings, WholeMail } from '../mail/shapes.ts'
import { NoticeRecipient } from '../notices/shapes.ts'
import { NewPerson, Person } from '../people/shapes.ts'
import { ChangedRules, ExplainedPolicy, Rule } from '../policies/shapes.ts'
import { LinePromise, ShipPromise } from '../promises/shapes.ts'
import { Reservation, Reserved } from '../reservations/shapes.ts'
import { Availability, Level, Shortage, StockAnswer } from '../stock/shapes.ts'
import { PublishableKey } from '../storefront/shapes.ts'
import { Supply } from '../supply/shapes.ts'
import { System } from '../system/shapes.ts'
import { Tenant } from '../tenants/shapes.ts'
import { Delivery, LoggedDelivery, NewWebhook, Webhook } from '../webhooks/shapes.ts'
import { ProblemShape } from './openapi.ts'

/** The shapes with a name of their own in the document. */
export const shapes: TSchema[] = [
  ProblemShape,
  ShipPromise,
  LinePromise,
  Backorder,
  Supply,
  LostDemand,
  Reserved,
  Reservation,
  StockAnswer,
  Shortage,
  Level,
  InventoryRow,
  InventorySummary,
  Availability,
  Product,
  Variant,
  Sku,
  Location,
  Calendar,
  Channel,
  ChannelBuffer,
  ChannelBuffers,
  Kit,
  KitBuild,
  Rule,
  ChangedRules,
  ExplainedPolicy,
  Event,
  Webhook,
  NewWebhook,
  Delivery,
  LoggedDelivery,
  MailSettings,
  Mail,
  WholeMail,
  Contact,
  NoticeRecipient,
  Transaction,
  Import,
  ImportReport,
  ApiKey,
  NewApiKey,
  PublishableKey,
  Me,
  Session,
  Person,
  NewPerson,
  Tenant,
  System,
]
