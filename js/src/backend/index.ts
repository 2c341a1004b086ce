/** The entry `permgate/backend`: the contract and enforcement for servers in JavaScript. */

export { createBackend } from "./backend.js";
export type { Backend, Change, Granted, RequireOptions } from "./backend.js";
export { memoryBus } from "./bus.js";
export type { Bus } from "./bus.js";
export type { BackendOptions, Identity, IncomingRequest, PermissionDocument } from "./options.js";
export { redisBus } from "./redis-bus.js";
export type { IoRedisClient, NodeRedisClient } from "./redis-bus.js";
export type { Parameters, ResourceOf } from "./resource.js";
export { PermgateError } from "../decide.js";
export type { Evaluated } from "../decide.js";
