import { modelPath } from './model-path';

it.each([
  ['/v1beta/models/gemini-2.5-pro:generateContent', 'gemini-2.5-pro', 'generateContent'],
  ['/v1beta/models/org/model:v2:streamGenerateContent', 'org/model:v2', 'streamGenerateContent'],
  ['/v1beta/models/org%2Fmodel:countTokens', 'org/model', 'countTokens'],
  ['/v1beta/tunedModels/mine:generateContent', 'tunedModels/mine', 'generateContent'],
])('%s', (path, model, method) => {
  expect(modelPath(path)).toEqual({ model, method });
});

it.each(['/v1beta/models/gemini', '/v1beta/models/:generateContent', '/v1beta/models'])(
  'names no method: %s',
  (path) => {
    expect(modelPath(path)).toBeNull();
  },
);
