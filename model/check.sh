#!/usr/bin/env bash
# Checks the models, and that every broken variant fails at the property it breaks.
#
#   model/check.sh [--require] [PATTERN]   only rows that match the pattern; with --require a missing spin is an error
#
# Prints one row a check: verdict, what was expected, model and variant, states, seconds. Exits 1 if any row is wrong.
# Needs spin and a C compiler; installs Debian's spin when it may, else says that the check was skipped.
set -uo pipefail
cd "$(dirname "$0")" || exit 1

required=''
if [ "${1:-}" = --require ]; then required=1; shift; fi
pattern=${1:-.}

if ! command -v spin >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  { apt-get update -qq && apt-get install -qq -y spin; } >/dev/null 2>&1
fi
for tool in spin gcc; do
  command -v "$tool" >/dev/null && continue
  echo "Model check SKIPPED: ${tool} is missing (apt-get install spin gcc, as root)." >&2
  [ -z "$required" ]; exit
done

# expected | model | what it is | -D… | where a failure must show
# "holds": no error in the whole state space. "fails": the broken rule is found out at that property.
# "reached": the situation that the model is about does come up, so "holds" is not empty.
rows() { cat <<'ROWS'
holds   | drains    | two messages, two drains                     | -DMESSAGES=2 -DLAST_TICK=5 |
holds   | drains    | clocks of drains ahead                       | -DMESSAGES=1 -DLAST_TICK=5 -DSKEW=1 |
holds   | drains    | it catches up after a crash (fair)           | -DMESSAGES=1 -DLAST_TICK=6 -DCATCHES_UP |
reached | drains    | drainedUntil goes on after a death           | -DMESSAGES=2 -DLAST_TICK=5 -DREACH_AFTER_DEATH | entry
fails   | drains    | advanced past undeleted messages             | -DMESSAGES=2 -DLAST_TICK=5 -DBREAK_UNDELETED | drainedUntil
fails   | drains    | undeleted messages, but the entry removed    | -DMESSAGES=2 -DLAST_TICK=5 -DBREAK_UNDELETED_FORGOTTEN | drainedUntil
fails   | drains    | another drain under way is ignored           | -DMESSAGES=2 -DLAST_TICK=5 -DBREAK_OTHER_DRAIN | drainedUntil
fails   | drains    | a dead drain forgets its visibility time     | -DMESSAGES=2 -DLAST_TICK=5 -DBREAK_DEAD_EXPIRES_EARLY | drainedUntil
fails   | drains    | a dead drain judged at the end of a run      | -DMESSAGES=2 -DLAST_TICK=5 -DBREAK_DEAD_JUDGED_LATE | drainedUntil
fails   | drains    | a dead drain's entry removed at its expiry   | -DMESSAGES=2 -DLAST_TICK=5 -DBREAK_DEAD_FORGOTTEN_EARLY | drainedUntil
fails   | drains    | no margin for the skew of clocks             | -DMESSAGES=1 -DLAST_TICK=5 -DSKEW=1 -DBREAK_MARGIN | drainedUntil
fails   | drains    | a dead drain holds everything up for ever    | -DMESSAGES=1 -DLAST_TICK=6 -DCATCHES_UP -DBREAK_DEAD_NEVER_EXPIRES | acceptance cycle
fails   | drains    | known limit: receives of newer messages only | -DMESSAGES=3 -DLAST_TICK=4 -DLIMIT_NEWER | drainedUntil
holds   | lease     | two runs of each archivist                   | -DRUNS=2 -DMESSAGES=2 -DLAST_TICK=3 |
holds   | lease     | one run of each, longer                      | -DRUNS=1 -DMESSAGES=2 -DLAST_TICK=4 |
holds   | lease     | the others, whatever drainedUntil says       | -DRUNS=1 -DMESSAGES=2 -DLAST_TICK=3 -DWITHOUT_PROMISE |
holds   | lease     | the episode gets another recording           | -DRUNS=1 -DMESSAGES=2 -DLAST_TICK=3 -DRECORDINGS=2 |
reached | lease     | a result of the old recording comes          | -DRUNS=1 -DMESSAGES=2 -DLAST_TICK=3 -DRECORDINGS=2 -DREACH_TURNED_AWAY | violated 0
reached | lease     | a late result of a pair leased again         | -DRUNS=2 -DMESSAGES=2 -DLAST_TICK=3 -DREACH_LATE_RESULT | live
fails   | lease     | version condition dropped: two assign        | -DRUNS=2 -DMESSAGES=0 -DLAST_TICK=3 -DBREAK_VERSION | owner
fails   | lease     | version condition dropped: one records       | -DRUNS=1 -DMESSAGES=2 -DLAST_TICK=3 -DBREAK_VERSION | known|sentAt
fails   | lease     | last word obeyed before drainedUntil         | -DRUNS=2 -DMESSAGES=2 -DLAST_TICK=3 -DBREAK_LAST_WORD_EARLY | sentAt
fails   | lease     | last word obeyed at drainedUntil, not past   | -DRUNS=2 -DMESSAGES=2 -DLAST_TICK=3 -DBREAK_LAST_WORD_TIE | sentAt
fails   | lease     | lapse judged by the wall clock               | -DRUNS=2 -DMESSAGES=2 -DLAST_TICK=3 -DBREAK_WALL_CLOCK | sentAt
fails   | lease     | drainedUntil does not keep its promise       | -DRUNS=2 -DMESSAGES=2 -DLAST_TICK=3 -DBREAK_UNDELETED | sentAt
fails   | lease     | a recorded pair leased                       | -DRUNS=1 -DMESSAGES=2 -DLAST_TICK=3 -DBREAK_RECORDED_LEASED | known
fails   | lease     | of several results only the first recorded   | -DRUNS=1 -DMESSAGES=1 -DLAST_TICK=3 -DBREAK_FIRST_OF_BATCH | known
fails   | lease     | a result of the old recording counts         | -DRUNS=1 -DMESSAGES=2 -DLAST_TICK=3 -DRECORDINGS=2 -DBREAK_OLD_RECORDING | resultOf
fails   | lease     | a lease ended without freeing its pairs      | -DRUNS=1 -DMESSAGES=2 -DLAST_TICK=3 -DBREAK_ONE_WRITE | live
holds   | catalogue | one episode, two runs                        | -DEPISODES=1 -DRUNS=2 |
holds   | catalogue | two episodes, one run                        | -DEPISODES=2 -DRUNS=1 |
holds   | catalogue | an added clip gets leased (fair)             | -DEPISODES=1 -DCRASHES=1 -DADDED_CLIP_IS_LEASED |
reached | catalogue | COMPLETE again after re-opening              | -DEPISODES=1 -DRUNS=2 -DREACH_COMPLETE_AGAIN | judgedAt
fails   | catalogue | clips read before their version              | -DEPISODES=1 -DRUNS=2 -DBREAK_CATALOGUE_FIRST | addedAt
fails   | catalogue | complete without checking the version        | -DEPISODES=1 -DRUNS=2 -DBREAK_COMPLETE_VERSION | addedAt
fails   | catalogue | clip and version changed in two writes       | -DEPISODES=1 -DRUNS=2 -DBREAK_RAISED_APART | addedAt
fails   | catalogue | version condition of the ledger dropped      | -DEPISODES=1 -DRUNS=2 -DBREAK_VERSION | addedAt
fails   | catalogue | complete episodes never re-opened            | -DEPISODES=1 -DCRASHES=1 -DADDED_CLIP_IS_LEASED -DBREAK_NEVER_REOPENED | acceptance cycle
holds   | trials    | a clip that nobody has reported              | -DEPISODES=5 |
holds   | trials    | a good file replaced by a deadly one         | -DEPISODES=4 -DREPLACED=1 |
holds   | trials    | a reported clip begins to kill               | -DEPISODES=4 -DREPORTED=1 |
reached | trials    | nine deaths                                  | -DEPISODES=4 -DDEATHS_AT_MOST=8 | deaths
reached | trials    | everybody gets what somebody reported        | -DEPISODES=4 -DREPORTED=1 -DREACH_GIVEN_TO_ALL | out
fails   | trials    | everybody gets what nobody has reported      | -DEPISODES=4 -DBREAK_UNTRIED_TO_ALL | out
fails   | trials    | everybody gets what struck                   | -DEPISODES=4 -DBREAK_STRUCK_TO_ALL | sinceStruck
fails   | trials    | what somebody reported once is never tried   | -DEPISODES=4 -DREPORTED=1 -DBREAK_REPORTED_NEVER_SUSPECTED | sinceStruck
fails   | trials    | who struck before ends at it again at once   | -DEPISODES=4 -DBREAK_STRIKER_GOES_ON | sinceStruck
fails   | trials    | who tries something reports together         | -DEPISODES=4 -DBREAK_TOGETHER | sinceStruck
fails   | trials    | what waits for long is as good as lost       | -DEPISODES=4 -DBREAK_WAITING_FORGOTTEN | sinceStruck|deaths
fails   | trials    | a late result of the old file tries the new  | -DEPISODES=4 -DREPLACED=1 -DBREAK_OLD_FILE_TRIES | deaths
fails   | trials    | a late result of the old file clears strikes | -DEPISODES=4 -DREPLACED=1 -DBREAK_OLD_FILE_CLEARS | deaths
holds   | identity  | one source, two ids, two addresses           | -DMESSAGES=4 |
holds   | identity  | two sources have the same recordings         | -DMESSAGES=4 -DSOURCES=2 -DIDS=1 |
holds   | identity  | two sources, each with two ids               | -DSOURCES=2 -DSAFETY_ONLY |
holds   | identity  | what was nameless gets a source              | -DMESSAGES=4 -DIDS=1 -DNAMELESS |
holds   | identity  | nobody's words among those of a source       | -DNAMELESS |
holds   | identity  | what is gone is not worked on                | -DWORK |
reached | identity  | an entry is gone from its address            | -DREACH_GONE | gone
reached | identity  | two entries turn out to be one               | -DSOURCES=2 -DIDS=1 -DREACH_JOINED | sameAs
reached | identity  | a nameless one is joined to one with an id   | -DIDS=1 -DNAMELESS -DREACH_TAKEN_OVER | sameAs
fails   | identity  | the address decides before the id            | -DBREAK_ADDRESS_FIRST | called
fails   | identity  | a source calls one entry by two ids          | -DBREAK_ONE_NAME_A_SOURCE | called
fails   | identity  | whoever comes last has the address           | -DBREAK_LAST_ONE_WINS | gone
fails   | identity  | who loses its address does not know          | -DBREAK_GONE | gone
fails   | identity  | the description that comes last counts       | -DBREAK_NEWEST | date
fails   | identity  | version condition of entries dropped         | -DBREAK_VERSION | date|gone
fails   | identity  | who left the address is not written with it  | -DMESSAGES=4 -DBREAK_RIVAL | gone
fails   | identity  | whose an address is counts, not since when   | -DMESSAGES=4 -DBREAK_SINCE_WHEN | gone
fails   | identity  | who comes back does not ask whose it is now  | -DMESSAGES=4 -DBREAK_STILL_OWNED | gone
fails   | identity  | nobody's word counts beside that of a source | -DNAMELESS -DBREAK_NAMELESS_SAYS | date
fails   | identity  | nobody's word counts until a newer one comes | -DNAMELESS -DBREAK_NAMELESS_COUNTS | date
fails   | identity  | the ledger learns it in another write        | -DWORK -DBREAK_LEDGER_APART | leasing|heard
fails   | identity  | what is gone gets results                    | -DWORK -DBREAK_RECORDED_WHILE_GONE | heard
fails   | identity  | known limit: it comes back meanwhile         | -DWORK -DLIMIT_BACK | heard
ROWS
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One row. Writes its line of the table, and a file `wrong` if it is not as expected.
check() {
  local number=$1 expected model what defines where dir started out verdict shown states
  IFS='|' read -r expected model what defines where <<<"$2"
  expected=${expected// /} model=${model// /} where=$(sed 's/^ *//; s/ *$//' <<<"$where")
  dir=$work/$number; mkdir "$dir"; started=$EPOCHREALTIME
  # Most failures are found at once: what they take is the compiler's time.
  local build='-O1 -DSAFETY -DNOREDUCE -DSFH' run='-E'
  case $defines in *CATCHES_UP* | *ADDED_CLIP*) build='-O1 -DNFAIR=3' run='-a -f' ;; esac
  [ "$expected" != holds ] || build+=' -O2'
  # shellcheck disable=SC2086
  out=$(cp "$model.pml" "$dir" && cd "$dir" && spin -a $defines "$model.pml" 2>&1 \
    && gcc -w -DMEMLIM=900 $build -o pan pan.c 2>&1 \
    && timeout 300 ./pan $run -m200000 -w22 2>&1) || out="$out
the check itself failed"
  states=$(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' <<<"$out")
  shown=$(sed -n 's/^pan:1: \(.*\) (at depth [0-9]*)$/\1/p' <<<"$out" | head -1)
  verdict=wrong
  if [ "$expected" = holds ]; then
    grep -q 'errors: 0' <<<"$out" \
      && ! grep -qE 'Search not completed|depth too small|the check itself failed' <<<"$out" && verdict=ok
  elif [[ -n $shown && $shown =~ $where ]]; then
    verdict=ok
  fi
  [ $verdict = ok ] || { touch "$work/wrong"; printf '%s\n' "--- $model:$what" "$out" >"$dir/out"; }
  printf '%-5s  %-7s  %-9s %-45s %9s  %5.1f s\n' "$verdict" "$expected" "$model" "$what" "${states:-?}" \
    "$(awk "BEGIN { print $EPOCHREALTIME - $started }")" >"$dir/row"
}

printf '%-5s  %-7s  %-9s %-45s %9s  %7s\n' '' expected model '     what' states time
number=100
while read -r row; do
  number=$((number + 1))
  while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
  check $number "$row" &
done < <(rows | grep -E -- "$pattern")
wait
cat "$work"/*/row
if [ -e "$work/wrong" ]; then
  cat "$work"/*/out >&2
  echo 'The model check failed: see the rows that are wrong.' >&2
  exit 1
fi
