import { cholesky, inverse } from './cholesky.js';
import { type LogisticProblem, sigmoid } from './logistic.js';

/** From this variance inflation on a term is as good as told by the others (D. W. Marquardt, Technometrics 12, 1970). */
const MOST_INFLATED = 10;

/** Logits: an error of 25 points in the middle, where what is found may as well be the opposite. */
const MOST_ERROR = 1;

/**
 * True where the first term, length, can't be told from the last one, the contestant: the variance of the length's coefficient is inflated by the
 * other terms, and the contestant's is known to no better than a logit. Both come from Fisher's information of the rows alone (McCullagh
 * and Nelder, "Generalized Linear Models", 1989, chapter 2.5), without the ridge, which would make up what they don't say; and in
 * logits, as an error in points is small near 0 and 100 whatever is known. Many rows tell the terms apart though they are alike; a
 * contestant that wins all has an endless error that is not the length's fault.
 */
export function hidesContestant(problem: LogisticProblem, coefficients: Float64Array): boolean {
  const { columns } = problem;
  const information = informationOf(problem, coefficients);
  const ofLength = information[0] as number;
  // As long as the baseline's everywhere: the term says nothing, and takes nothing from the others.
  if (ofLength === 0) return false;
  const factor = cholesky(information, columns);
  if (factor === null) return true;
  const covariance = inverse(factor, columns);
  const inflation = ofLength * (covariance[0] as number);
  const error = Math.sqrt(covariance[covariance.length - 1] as number);
  return inflation > MOST_INFLATED && error > MOST_ERROR;
}

/** Row by row. */
function informationOf({ columns, features, weights, targets }: LogisticProblem, coefficients: Float64Array): Float64Array {
  const information = new Float64Array(columns * columns);
  for (let row = 0; row < targets.length; row++) {
    const x = features.subarray(row * columns, (row + 1) * columns);
    const p = sigmoid(x.reduce((sum, feature, i) => sum + feature * (coefficients[i] as number), 0));
    const weight = (weights === null ? 1 : (weights[row] as number)) * p * (1 - p);
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < columns; j++) {
        information[i * columns + j] = (information[i * columns + j] as number) + weight * (x[i] as number) * (x[j] as number);
      }
    }
  }
  return information;
}
