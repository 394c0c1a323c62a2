# Supervises one compute of a LocalProcess VIM: runs it, restarts it by its policy, keeps its
# output in bounded files, and says what it does in one file. It lives in a session of its own,
# so the MEPM may die and come back; why it is written in sh is told in docs/adr/0007.
#
# $1 is a file of settings: run current state init launch log log_bytes policy restarts
# backoff_ms backoff_max_ms backoff_reset_s groups stdbuf
#
#  1. A supervisor whose run is no longer the current one leaves at once: there is never a double.
#  2. Output goes through a pipe to a logger that rotates it.
#  3. Each round: say "running", run launch.sh, wait, sweep up what it left, decide by the policy.
#  4. TERM means: pass it on once, wait for the end, say "ended", leave. Insisting is the adapter's part.
set -u
. "$1"
exec </dev/null >/dev/null 2>&1
trap '' HUP INT QUIT

# :: 1
[ "$(cat "$current")" = "$run" ] || exit 0
read -r stat < "/proc/$$/stat"
stat=${stat##*) }
set -- $stat
shift 19
own_start=$1
read -r boot < /proc/sys/kernel/random/boot_id

# Old or new content, never half of it.
say() {
    printf '%s\n' "run=$run" "boot=$boot" "supervisor=$$" "supervisor_start=$own_start" "phase=$1" \
        "started=$started" "restarts=$restarts" "exit=$exit_code" "next=$next" > "$state.new" && mv -f "$state.new" "$state"
}

# :: 2  Two files of log_bytes at most. When the disk is full output is read and lost, for an
# application must not stand still because of its log.
size_of() {
    if [ -f "$1" ]; then wc -c < "$1"; else echo 0; fi
}
# Copies until the log has log_bytes, or the pipe has no more writers.
copy_until_full() {
    if [ -n "$stdbuf" ]; then
        "$stdbuf" -o0 head -c "$1" >> "$log"
    else
        # Without stdbuf: cat under a file size limit; what it holds when it meets the limit is lost.
        ( trap '' XFSZ; ulimit -f $((log_bytes / 512)); cat >> "$log" ) || [ "$(size_of "$log")" -ge $((log_bytes / 512 * 512)) ]
    fi
}
keep_output() {
    trap '' TERM
    while :; do
        size=$(size_of "$log")
        if [ "$size" -ge $((log_bytes / 512 * 512)) ]; then
            mv -f "$log" "$log.1" || { cat > /dev/null; return; }
            size=0
        fi
        copy_until_full $((log_bytes - size)) || { cat > /dev/null; return; }
        [ "$(size_of "$log")" -ge $((log_bytes / 512 * 512)) ] || return
    done
}
pipe=$log.pipe
rm -f "$pipe"
mkfifo "$pipe" && chmod 666 "$pipe" || exit 1
# Opened for both at first, so that neither end waits for the other; and each end closed wherever the
# other belongs, for the logger leaves when no writer is left.
exec 4<> "$pipe" 5< "$pipe" 3> "$pipe" 4>&-
rm -f "$pipe"
( exec 3>&-; keep_output ) <&5 5<&- &
exec 5<&-

pass_on_term() {
    if [ "$passed_on" = 0 ] && { read -r pid < "$init"; } 2>/dev/null && kill -TERM "$pid"; then
        passed_on=1
    fi
}

sweep() {
    kill -KILL "-$child"
    for group in $groups; do
        if [ -e "$group/cgroup.kill" ]; then
            echo 1 > "$group/cgroup.kill"
        else
            tries=0
            while [ "$tries" -lt 100 ] && pids=$(cat "$group/cgroup.procs") && [ -n "$pids" ]; do
                kill -KILL $pids
                tries=$((tries + 1))
            done
        fi
    done
}

started=0 exit_code= next= passed_on=0 stopping=0 interrupted=0 delay=$backoff_ms
trap 'stopping=1; interrupted=1; pass_on_term' TERM

# :: 3
while [ "$stopping" = 0 ]; do
    rm -f "$init"
    started=$(date +%s) next=
    /bin/sh "$launch" >&3 2>&3 3>&- &
    child=$!
    say running
    while :; do
        interrupted=0
        [ "$stopping" = 0 ] || pass_on_term
        wait "$child"
        exit_code=$?
        [ "$interrupted" = 1 ] || break
    done
    sweep
    now=$(date +%s)
    [ $((now - started)) -lt "$backoff_reset_s" ] || delay=$backoff_ms
    case $policy in
        always) ;;
        on-failure) [ "$exit_code" -ne 0 ] || stopping=1 ;;
        *) stopping=1 ;;
    esac
    [ "$stopping" = 0 ] || break
    restarts=$((restarts + 1))
    next=$((now + (delay + 999) / 1000))
    say waiting
    sleep "$((delay / 1000)).$(printf %03d $((delay % 1000)))" 3>&- &
    sleeper=$!
    wait "$sleeper"
    [ "$stopping" = 0 ] || kill "$sleeper"
    delay=$((delay * 2))
    [ "$delay" -le "$backoff_max_ms" ] || delay=$backoff_max_ms
    [ "$(cat "$current")" = "$run" ] || exit 0
done
# :: 4
next=
say ended
