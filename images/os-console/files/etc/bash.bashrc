# Completion of `ros`, also behind sudo: the command itself knows which words may come next.
_ros() {
    local words=("${COMP_WORDS[@]:0:COMP_CWORD}")
    [ "${words[0]}" = sudo ] && words=("${words[@]:1}")
    [ "${words[0]##*/}" = ros ] || return
    COMPREPLY=($(compgen -W "$(ros "${words[@]:1}" --generate-bash-completion 2>/dev/null)" -- "$2"))
}
complete -o default -F _ros ros sudo
