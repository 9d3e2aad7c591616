/** What a shell runs once at its start. Everything else is asked from mom itself, so that it never grows old. */
export const SCRIPTS = {
  bash: `_mom() {
  local line kind
  COMPREPLY=()
  while IFS= read -r line; do
    if [ -z "$kind" ]; then kind=$line; else COMPREPLY+=("\${line%%$'\\t'*}"); fi
  done < <(mom __complete bash "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  if [ "$kind" = files ]; then compopt -o default 2>/dev/null; COMPREPLY=(); fi
  if [ \${#COMPREPLY[@]} -eq 1 ]; then case \${COMPREPLY[0]} in *=) compopt -o nospace 2>/dev/null ;; esac; fi
}
complete -F _mom mom
`,
  zsh: `#compdef mom
_mom() {
  local kind line
  local -a found
  while IFS= read -r line; do
    if [[ -z $kind ]]; then kind=$line; else found+=("\${\${line%%$'\\t'*}//:/\\\\:}\${\${line#*$'\\t'}:+:\${line#*$'\\t'}}"); fi
  done < <(mom __complete zsh "\${(@Q)words[1,CURRENT]}" 2>/dev/null)
  if [[ $kind == files ]]; then _files; else _describe -V mom found; fi
}
if [ "$funcstack[1]" = _mom ]; then _mom "$@"; else compdef _mom mom; fi
`,
  fish: `function __mom_complete
  set -l found (mom __complete fish (commandline -opc) (commandline -ct) 2>/dev/null)
  if test "$found[1]" = files
    __fish_complete_path (commandline -ct)
  else
    printf '%s\\n' $found[2..-1]
  end
end
complete -c mom -f -a '(__mom_complete)'
`,
} as const;

export type Shell = keyof typeof SCRIPTS;
