import type { LoadedConfig } from '../load.js';
import type { SideRule } from '../wishes.js';

/** The name under which a side request is answered where its rule names none: one model is enough for a title. */
const SIDE_MODEL = 'mom:single';

/** Titles and tags are asked for the beginning of a conversation, or for a short one. */
const SHORT = 20_000;

function rule(name: string, text: { system?: string; user?: string }, maxCharacters: number | null = null, tools = false): SideRule {
  return { name, system: text.system ?? null, user: text.user ?? null, maxCharacters, tools, model: SIDE_MODEL };
}

/** What clients are known to ask beside the conversation: a text of each client's own prompt, short enough to outlive its next version. */
const KNOWN_SIDE_REQUESTS: readonly SideRule[] = [
  // opencode, packages/opencode/src/agent/prompt/title.txt
  rule('opencode title', { system: 'You are a title generator. You output ONLY a thread title' }, SHORT),
  // opencode, packages/opencode/src/agent/prompt/compaction.txt, now and before
  rule('opencode summary', { system: 'You are an anchored context summarization assistant for coding sessions' }),
  rule('opencode summary', { system: 'You are a helpful AI assistant tasked with summarizing conversations' }),
  // pi, packages/coding-agent/src/core/compaction
  rule('pi summary', { system: 'You are a context summarization assistant. Your task is to read a conversation' }),
  // aider, aider/prompts.py: commit_system (both wordings say this), and summarize
  rule('aider commit message', { system: 'which are about to be committed to a git repo' }),
  rule('aider history summary', { system: '*Briefly* summarize this partial conversation about programming' }),
  // qwen-code, packages/core/src: services/sessionTitle.ts, memory/relevanceSelector.ts
  rule('qwen-code title', { system: 'that captures what this programming-assistant session is about' }, SHORT),
  rule('qwen-code memory', { system: 'You are selecting memories that will be useful to an AI coding assistant' }),
  // the same, memory/extractionAgentPlanner.ts and memory/dreamAgentPlanner.ts: agents of their own, with tools
  rule('qwen-code memory keeper', { system: 'You are now acting as the managed memory extraction subagent' }, null, true),
  rule('qwen-code memory dream', { system: 'You are performing a managed memory dream' }, null, true),
  // qwen-code and gemini-cli, packages/core/src: core/prompts.ts, utils/nextSpeakerChecker.ts
  rule('history summary', { system: 'You are the component that summarizes internal chat history into a given structure' }),
  rule('next speaker', { user: 'determine who should logically speak next' }),
  // continue, core/util/chatDescriber.ts
  rule('continue title', { user: 'please reply with a title for the chat that is 3-4 words in length' }, SHORT),
  // Open WebUI, backend/open_webui/config.py: title, tags and follow-up questions
  rule('open-webui title', { user: '### Task:\nGenerate a concise, 3-5 word title' }, SHORT),
  rule('open-webui tags', { user: '### Task:\nGenerate 1-3 broad tags categorizing the main themes' }, SHORT),
  rule('open-webui follow-ups', { user: '### Task:\nSuggest 3-5 relevant follow-up questions' }, SHORT),
  // LibreChat, @librechat/agents, src/utils/title.ts
  rule('librechat title', { user: 'Provide a concise, 5-word-or-less title for the conversation' }, SHORT),
];

/** The rules of the configuration, else mom's own. @throws MomError `config_invalid` for a variable that is not set */
export function sideRulesOf(config: LoadedConfig): readonly SideRule[] {
  const own = config.values.serve?.side_requests;
  if (own === undefined) return KNOWN_SIDE_REQUESTS;
  return own.map(({ name, system, user, max_characters, tools, model }, index) => {
    const filled = (option: string, value: string | undefined) => config.text(['serve', 'side_requests', index, option], value ?? null);
    return {
      name,
      system: filled('system', system),
      user: filled('user', user),
      maxCharacters: max_characters ?? null,
      tools: tools ?? false,
      model: filled('model', model) ?? SIDE_MODEL,
    };
  });
}
