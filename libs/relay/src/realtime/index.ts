/** realtime: sessions over WebSockets, OpenAI's Realtime API on both sides. Frames pass; turns are held and settled one by one. */
export * from './realtime.service';
export type { RealtimeSession } from './session';
export type { Turnstile } from './session-bill';
