import { openrouterFacts } from '../client/models/model-facts.js';
import type { ModelSource } from '../client/models/models.js';
import { describeModel, listModels } from '../sandbox/catalogue.js';
import { loadRecordings } from '../sandbox/recorded.js';

/**
 * What the sandbox would tell of its models, without starting one.
 * @param recorded files of recorded answers
 * @throws MomError `no_input` or `input_invalid` for a file
 */
export async function sandboxSource(recorded: readonly string[]): Promise<ModelSource> {
  const recordings = await loadRecordings(recorded);
  return {
    fetchList: async () => ({ told: listModels(recordings).flatMap((entry) => openrouterFacts(entry) ?? []) }),
    fetchModel: async (_provider, model) => ({ told: openrouterFacts(describeModel(model, recordings)) }),
  };
}
