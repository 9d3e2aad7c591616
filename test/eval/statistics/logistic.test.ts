import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/random.js';
import { fitLogistic } from '../../../src/eval/statistics/logistic.js';

function problem(ridge: number) {
  const random = seededRandom(11);
  const features: number[] = [];
  const targets: number[] = [];
  const weights: number[] = [];
  for (let row = 0; row < 60; row++) {
    features.push(2 * random() - 1, 2 * random() - 1, 1);
    targets.push(random());
    weights.push(0.5 + random());
  }
  const arrays = { features: Float64Array.from(features), targets: Float64Array.from(targets), weights: Float64Array.from(weights) };
  return { columns: 3, ...arrays, ridge };
}

/** scipy.optimize.minimize of the same loss, and numpy's inverse of its Hessian. */
const KNOWN = [
  {
    ridge: 0,
    coefficients: [0.3646155477774871, -0.04493959084334553, -0.09307371397275896],
    covariance: [0.2425684940197756, 0.005377878237429547, 0.0010843711044577632, 0.0053778782374295534, 0.2035953101129166],
  },
  {
    ridge: 2,
    coefficients: [0.24638195882677208, -0.033278973561410526, -0.08230781076507145],
    covariance: [0.16206607300135398, 0.002622828324699737, 0.00089438505363006, 0.0026228283246997348, 0.14395374228123223],
  },
];

describe('a logistic fit', () => {
  it.each(KNOWN)('of fractional targets with weights and a ridge of $ridge', ({ ridge, coefficients, covariance }) => {
    const fit = fitLogistic(problem(ridge));
    for (const [i, value] of coefficients.entries()) expect(fit.coefficients[i]).toBeCloseTo(value, 9);
    for (const [i, value] of covariance.entries()) expect(fit.covariance?.[i]).toBeCloseTo(value, 9);
  });

  it('counts a row with weight 2 like the row twice', () => {
    const once = {
      columns: 1,
      features: Float64Array.of(1, 2),
      targets: Float64Array.of(1, 0),
      weights: Float64Array.of(1, 2),
      ridge: 0.1,
    };
    const twice = { columns: 1, features: Float64Array.of(1, 2, 2), targets: Float64Array.of(1, 0, 0), weights: null, ridge: 0.1 };
    expect(fitLogistic(once).coefficients[0]).toBeCloseTo(fitLogistic(twice).coefficients[0]!, 10);
  });

  it('stays finite where a feature separates the targets', () => {
    const rows = { columns: 1, features: Float64Array.of(1, 2, -1, -2), targets: Float64Array.of(1, 1, 0, 0), weights: null };
    const { coefficients, covariance } = fitLogistic({ ...rows, ridge: 1e-6 });
    expect(coefficients[0]).toBeGreaterThan(5);
    expect(coefficients[0]).toBeLessThan(30);
    expect(covariance?.[0]).toBeGreaterThan(0);
  });

  it('shares the effect of two features that are one, and says that there is no covariance without a ridge', () => {
    const features = Float64Array.of(1, 1, 2, 2, -1, -1, 3, 3);
    const rows = { columns: 2, features, targets: Float64Array.of(0.7, 0.8, 0.2, 0.9), weights: null };
    const alone = fitLogistic({ ...rows, columns: 1, features: Float64Array.of(1, 2, -1, 3), ridge: 0 }).coefficients[0]!;
    const loose = fitLogistic({ ...rows, ridge: 0 });
    expect(loose.covariance).toBeNull();
    expect(loose.coefficients[0]! + loose.coefficients[1]!).toBeCloseTo(alone, 6);
    const held = fitLogistic({ ...rows, ridge: 1e-6 });
    expect(held.coefficients[0]).toBeCloseTo(alone / 2, 4);
    expect(held.coefficients[1]).toBeCloseTo(alone / 2, 4);
    expect(held.covariance).not.toBeNull();
  });

  it('is 0 where there are no rows', () => {
    const none = { columns: 2, features: new Float64Array(), targets: new Float64Array(), weights: null };
    expect(fitLogistic({ ...none, ridge: 1 }).coefficients).toEqual(new Float64Array(2));
    expect(fitLogistic({ ...none, ridge: 0 })).toEqual({ coefficients: new Float64Array(2), covariance: null });
  });
});
