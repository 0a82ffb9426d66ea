/*
 * Trials: how many researchers may a clip end that ends whoever works on it?
 *
 * One clip in the ledgers of several episodes. Any number of researchers takes whatever waits, at any time: so it does not
 * matter how soon the dead come back. Rests, lapses and the forgetting of strikes have no clock: each may come at any time
 * after what it follows. docs/model.md says what the words mean. model/check.sh gives the sizes (-D…) and, for a broken
 * variant, the rule that is broken (-DBREAK_…).
 */

#ifndef EPISODES
#define EPISODES 5
#endif
#ifndef REPLACED
#define REPLACED 0               /* 1: a good file first, which its curator replaces by a deadly one at any time */
#endif
#ifndef REPORTED
#define REPORTED 0               /* 1: somebody had reported the clip before it began to kill */
#endif

#define UNTRIED_AT_MOST 3
#define SUSPECTS_AT_MOST 1
#define PARKED_AT 4
#ifndef DEATHS_AT_MOST
#define DEATHS_AT_MOST 9         /* three, and two for each of the three strikes that follow the first */
#endif
#define SINCE_STRUCK_AT_MOST 6

/* ---- the clip, as the archive knows it ---- */

bit  tried = REPORTED;           /* somebody reported its present file */
byte strikes;
bit  resting;
bit  remembered;                 /* who struck is: another strike of theirs does not count */
bit  untilForgotten;             /* it rests until nobody is remembered */
bit  file = !REPLACED;           /* 0: the good one, 1: the deadly one */

/* ---- of each episode: the lease that holds the clip, and what is known of the pair ---- */

#define NONE  0
#define WAITS 1                  /* in the queue */
#define LOST  2                  /* received by somebody who never said a word */
#define TAKEN 3
#define DEAD  4                  /* its researcher is: nobody knows yet */
byte lease[EPISODES];
bit  untried[EPISODES], suspected[EPISODES], madeFor[EPISODES], madeSinceStruck[EPISODES];
bit  recorded[EPISODES];
bit  careful[EPISODES];          /* somebody fell silent here, nobody knows at which clip */

byte deaths, sinceStruck;

hidden byte i, out, about;       /* scratch, within one d_step */

/* What was received without a word counts for five minutes in the archive, and not at all here: that lets it do more. */
#ifdef BREAK_WAITING_FORGOTTEN   /* and neither does what waits for longer */
#define COUNTS(e) (lease[e] == TAKEN || lease[e] == DEAD)
#else
#define COUNTS(e) (lease[e] == TAKEN || lease[e] == DEAD || lease[e] == WAITS)
#endif

inline count() {
  out = 0; about = 0;
  for (i : 0 .. EPISODES - 1) {
    if :: COUNTS(i) && untried[i] -> out++ :: else fi;
    if :: COUNTS(i) && suspected[i] -> about++ :: else fi
  }
  i = 0
}

#ifdef BREAK_UNTRIED_TO_ALL
#define UNTRIED_ROOM true
#else
#define UNTRIED_ROOM (out < UNTRIED_AT_MOST)
#endif
#ifdef BREAK_STRUCK_TO_ALL
#define SUSPECTS_ROOM true
#else
#define SUSPECTS_ROOM (about < SUSPECTS_AT_MOST)
#endif
#ifdef BREAK_REPORTED_NEVER_SUSPECTED
#define IS_SUSPECTED (strikes > 0 && !tried)
#else
#define IS_SUSPECTED (strikes > 0)
#endif

/* TRIED BY FEW: of a file that nobody has reported at most three items are out, and one more when it struck. */
inline triedByFew() {
  out = 0;
  for (i : 0 .. EPISODES - 1) {
    if :: lease[i] != NONE && lease[i] != LOST && madeFor[i] == file -> out++ :: else fi
  }
  i = 0;
  assert(tried || out <= UNTRIED_AT_MOST + (strikes > 0 -> SUSPECTS_AT_MOST : 0));
#ifdef REACH_GIVEN_TO_ALL
  assert(out < EPISODES);
#endif
  out = 0; about = 0
}

#define MAY_GRANT(e) (lease[e] == NONE && !recorded[e] && !resting && strikes < PARKED_AT)
#define GRANTS(e) d_step { MAY_GRANT(e) -> count(); \
  if \
  :: (IS_SUSPECTED || careful[e]) && !SUSPECTS_ROOM || !IS_SUSPECTED && !tried && !UNTRIED_ROOM -> skip \
  :: else -> \
     lease[e] = WAITS; madeFor[e] = file; madeSinceStruck[e] = (strikes > 0); \
     suspected[e] = (IS_SUSPECTED || careful[e]); untried[e] = (!IS_SUSPECTED && !tried); careful[e] = 0; \
     triedByFew() \
  fi; out = 0; about = 0 }

inline ends(e) {
  lease[e] = NONE; untried[e] = 0; suspected[e] = 0; madeFor[e] = 0; madeSinceStruck[e] = 0
}

/* Unclaimed, taken away by an operator, or handed back: nobody is charged. */
#define RETURNS(e) d_step { lease[e] != NONE && lease[e] != DEAD -> if :: suspected[e] && strikes == 0 -> careful[e] = 1 :: else fi; ends(e) }

#define TAKES(e) d_step { lease[e] == WAITS -> lease[e] = TAKEN }
#define LOSES(e) d_step { lease[e] == WAITS -> lease[e] = LOST }

#define DIES(e) d_step { lease[e] == TAKEN && madeFor[e] == 1 -> \
  lease[e] = DEAD; deaths++; \
  if :: madeSinceStruck[e] -> sinceStruck++ :: else fi; \
  assert(sinceStruck <= SINCE_STRUCK_AT_MOST); \
  assert(REPORTED || deaths <= DEATHS_AT_MOST) }

#ifdef BREAK_OLD_FILE_TRIES
#define TRIES(e) true
#else
#define TRIES(e) (madeFor[e] == file)
#endif
#ifdef BREAK_OLD_FILE_CLEARS
#define CLEARS(e) true
#else
#define CLEARS(e) (madeFor[e] == file)
#endif
#define REPORTS(e) d_step { lease[e] == TAKEN && madeFor[e] == 0 -> \
  recorded[e] = 1; \
  if :: TRIES(e) -> tried = 1 :: else fi; \
  if :: CLEARS(e) && strikes < PARKED_AT -> strikes = 0; resting = 0; untilForgotten = 0 :: else fi; \
  ends(e) }

inline strike() {
  strikes++; remembered = 1;
  if :: strikes < PARKED_AT -> resting = 1 :: else -> resting = 0; remembered = 0 fi
}

#ifdef BREAK_TOGETHER            /* who tries something may report several together */
#define EXACT(e) false
#else
#define EXACT(e) (untried[e] || suspected[e])
#endif
#ifdef BREAK_STRIKER_GOES_ON     /* whose strike does not count may end at it again at once */
#define REST_UNTIL_FORGOTTEN skip
#else
#define REST_UNTIL_FORGOTTEN if :: strikes > 0 -> resting = 1; untilForgotten = 1 :: else fi
#endif
#define COUNTED(e) (strikes < PARKED_AT && !resting)
/* Somebody new fell silent; somebody who is remembered; or somebody who reports together, and nobody knows where. */
#define LAPSES(e) \
  d_step { lease[e] == DEAD -> if :: COUNTED(e) -> strike() :: else fi; ends(e) } \
  :: d_step { lease[e] == DEAD && remembered -> if :: COUNTED(e) -> REST_UNTIL_FORGOTTEN :: else fi; ends(e) } \
  :: d_step { lease[e] == DEAD && !EXACT(e) -> careful[e] = 1; ends(e) }

#define EPISODE(e) GRANTS(e) :: TAKES(e) :: LOSES(e) :: RETURNS(e) :: DIES(e) :: REPORTS(e) :: LAPSES(e)

active proctype World() {
  do
  :: EPISODE(0) :: EPISODE(1) :: EPISODE(2) :: EPISODE(3)
#if EPISODES > 4
  :: EPISODE(4)
#endif
#if EPISODES > 5
  :: EPISODE(5)
#endif
  :: d_step { resting -> resting = 0; if :: untilForgotten -> untilForgotten = 0; remembered = 0 :: else fi }
#if REPLACED
  /* What speaks against the file of before is void. */
  :: d_step { file == 0 -> file = 1; tried = 0; strikes = 0; resting = 0; remembered = 0; untilForgotten = 0 }
#endif
  od
}
