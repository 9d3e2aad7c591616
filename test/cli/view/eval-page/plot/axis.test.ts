import { describe, expect, it } from 'vitest';
import { costAxis, linearAxis } from '../../../../../src/cli/view/eval-page/plot/axis.js';

const labels = (ticks: readonly { label: string }[]) => ticks.map(({ label }) => label);

describe('axes of pictures', () => {
  it('have round numbers and room at both ends', () => {
    const { at, ticks } = linearAxis([40, 90]);
    expect(labels(ticks)).toEqual(['40', '50', '60', '70', '80', '90']);
    expect(at(40)).toBeGreaterThan(0.05);
    expect(at(90)).toBeLessThan(0.95);
    expect(at(65)).toBeCloseTo(0.5, 10);
    expect([at(-1_000), at(1_000)]).toEqual([0, 1]);
  });

  it('keep to their limits', () => {
    const { at, ticks } = linearAxis([1, 99], { min: 0, max: 100 });
    expect(labels(ticks)).toEqual(['0', '20', '40', '60', '80', '100']);
    expect([at(0), at(100)]).toEqual([0, 1]);
  });

  it.each([0, 1e-7, 50, 1_000])('show a single value of %d in the middle', (value) => {
    const { at, ticks } = linearAxis([value, value]);
    expect(at(value)).toBeCloseTo(0.5, 10);
    expect(ticks.length).toBeGreaterThan(1);
    expect(new Set(labels(ticks)).size).toBe(ticks.length);
  });

  it.each([[[376.2, 376.9]], [[376.5, 376.5]], [[0, 0]], [[3, 9]]])('of whole numbers never show one twice, around %j', (values) => {
    const { ticks } = linearAxis(values, { min: 0, whole: true, label: (value) => value.toFixed(0) });
    expect(ticks.length).toBeGreaterThan(1);
    expect(new Set(labels(ticks)).size).toBe(ticks.length);
  });

  it('of prices are logarithmic from a span of 20 on', () => {
    expect(costAxis([0.01, 0.2]).isLog).toBe(false);
    expect(costAxis([0.01, 0.21]).isLog).toBe(true);
    expect(labels(costAxis([0.01, 0.21]).axis.ticks)).toEqual(['$0.01', '$0.02', '$0.05', '$0.10', '$0.20']);
    expect(labels(costAxis([0.0001, 1]).axis.ticks)).toEqual(['$0.0001', '$0.001', '$0.01', '$0.10', '$1.00']);
    const wide = costAxis([1e-9, 10]).axis.ticks;
    expect(wide.length).toBeGreaterThan(3);
    expect(wide.length).toBeLessThan(8);
  });

  it('of nothing but 0 or unknown prices have no made-up prices', () => {
    expect(costAxis([0, 0])).toMatchObject({ axis: { ticks: [{ value: 0, label: '$0' }] }, isLog: false });
    expect(costAxis([])).toMatchObject({ axis: { ticks: [] }, isLog: false });
  });
});
