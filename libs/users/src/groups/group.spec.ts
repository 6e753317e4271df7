import { multiplierToPpm, ppmToMultiplier } from './group';

describe('price multipliers', () => {
  it.each([
    [1, 1_000_000],
    [0, 0],
    [0.85, 850_000],
    [1.1, 1_100_000],
    [0.000001, 1],
    [123.456789, 123_456_789],
    [1000, 1_000_000_000],
  ])('%d is %d parts per million and back', (multiplier, ppm) => {
    expect(multiplierToPpm(multiplier)).toBe(ppm);
    expect(ppmToMultiplier(ppm)).toBe(multiplier);
  });

  it.each([-1, 1000.1, NaN, Infinity, 0.0000001, 1.1234567])('%d is refused', (multiplier) => {
    expect(() => multiplierToPpm(multiplier)).toThrow(expect.objectContaining({ code: 'invalid' }));
  });
});
