import { isRecord } from '../../core/record.js';
import type { ToolDefinition, ToolOffer } from '../../core/tool.js';
import { invalid, type Json, kindOf, optionalBoolean, optionalList, optionalObject, requiredText } from './fields.js';

const CHOICES: readonly unknown[] = ['none', 'auto', 'required'];

/** The tools that a request offers, null when it offers none; the older `functions` count too. @throws ApiError */
export function readTools(body: Json): ToolOffer | null {
  const isNewer = !usesFunctions(body);
  const tools = isNewer
    ? (optionalList(body, 'tools') ?? []).map((tool, i) => readTool(tool, `tools[${i}]`))
    : (optionalList(body, 'functions') ?? []).map((called, i) => toolOf(called, `functions[${i}]`));
  const parallel = optionalBoolean(body, 'parallel_tool_calls');
  if (tools.length === 0) return null;
  const choice = isNewer ? readChoice(body.tool_choice ?? undefined, tools) : readFunctionCall(body.function_call ?? undefined, tools);
  return { tools, choice, parallel: isNewer ? parallel : false };
}

/** True for a client of the older form, which offers functions, and understands one call at a time in that form. */
export function usesFunctions(body: Json): boolean {
  return (body.tools ?? null) === null && (body.functions ?? null) !== null;
}

function readTool(tool: unknown, param: string): ToolDefinition {
  if (!isRecord(tool)) throw invalid(param, `must be an object, not ${kindOf(tool)}`);
  if (tool.type !== 'function' && !(tool.type === undefined && isRecord(tool.function))) {
    const type = typeof tool.type === 'string' ? `'${tool.type}'` : kindOf(tool.type);
    throw invalid(`${param}.type`, `is ${type}, but only tools of type 'function' can be called`);
  }
  const definition = toolOf(tool.function, `${param}.function`);
  return isRecord(tool.cache_control) ? { ...definition, cache_control: tool.cache_control } : definition;
}

function toolOf(called: unknown, param: string): ToolDefinition {
  if (!isRecord(called)) throw invalid(param, `must be an object, not ${kindOf(called)}`);
  const name = requiredText(called.name, `${param}.name`);
  const description = typeof called.description === 'string' ? { description: called.description } : {};
  const parameters = optionalObject(called, 'parameters', `${param}.parameters`);
  const strict = optionalBoolean(called, 'strict', `${param}.strict`);
  return {
    type: 'function',
    function: { name, ...description, ...(parameters ? { parameters } : {}), ...(strict === undefined ? {} : { strict }) },
  };
}

function readChoice(choice: unknown, tools: readonly ToolDefinition[]): unknown {
  if (choice === undefined || CHOICES.includes(choice)) return choice;
  if (!isRecord(choice)) throw invalid('tool_choice', "must be 'none', 'auto', 'required' or one of the tools");
  if (choice.type !== 'function') return choice;
  const name = isRecord(choice.function) ? choice.function.name : undefined;
  return named(name, tools, 'tool_choice.function.name');
}

function readFunctionCall(choice: unknown, tools: readonly ToolDefinition[]): unknown {
  if (choice === undefined || choice === 'none' || choice === 'auto') return choice;
  if (!isRecord(choice)) throw invalid('function_call', "must be 'none', 'auto' or one of the functions");
  return named(choice.name, tools, 'function_call.name');
}

function named(name: unknown, tools: readonly ToolDefinition[], param: string): unknown {
  const wanted = requiredText(name, param);
  if (tools.some((tool) => tool.function.name === wanted)) return { type: 'function', function: { name: wanted } };
  throw invalid(param, `is '${wanted}', which is none of the tools`, `use one of ${tools.map((tool) => tool.function.name).join(', ')}`);
}
