/** One page of an upstream's models. `next` goes back into `modelsRequest`; null: that was the last. */
export interface ModelsPage {
  readonly models: readonly string[];
  readonly next: string | null;
}
