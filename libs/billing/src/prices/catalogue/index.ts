import { anthropic } from './anthropic';
import { pricedModels } from './catalogue';
import { deepseek } from './deepseek';
import { google } from './google';
import { groq } from './groq';
import { mistral } from './mistral';
import { moonshot } from './moonshot';
import { openai } from './openai';
import { qwen } from './qwen';
import { simulator } from './simulator';
import { xai } from './xai';
import { zhipu } from './zhipu';

export const vendors = [openai, anthropic, google, xai, mistral, deepseek, moonshot, zhipu, qwen, groq, simulator];

/** The built-in prices. A model whose price could not be read anywhere is not here: operators set it. */
export const catalogue = pricedModels(vendors);
