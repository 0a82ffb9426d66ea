/*
 * The catalogue: when is an episode COMPLETE, and does it re-open when a clip comes?
 *
 * Runs of the pending-research archivist read the clips page by page under a version, judge ledgers by what they have
 * read, and write under the condition of the ledger's version, while clips come and get new media. What lease.pml
 * shows of leases is one step here. docs/model.md says what the words mean. model/check.sh gives the sizes (-D…) and,
 * for a broken variant, the rule that is broken (-DBREAK_…).
 */

#ifndef EPISODES
#define EPISODES 2
#endif
#ifndef RUNS
#define RUNS 2                   /* of the pending-research archivist, overlapping */
#endif
#ifndef CRASHES
#define CRASHES 2
#endif
#define CLIPS 2

/* ---- the collection ---- */

byte members = 1;                /* the version that each clip which becomes assignable raises; `content` goes with it here */
byte addedAt[CLIPS];             /* the version that its insertion raised `members` to; 0: there is no such clip */
byte revisedAt[CLIPS];           /* the same of its new media; 0: it has its first */
#define REVISION(c) (addedAt[c] == 0 -> 0 : (revisedAt[c] == 0 -> 1 : 2))

/* ---- the control item ---- */

byte opened = 1;                 /* COMPLETE episodes judged before this version re-open */

/* ---- the ledgers, and what the index shows of them ---- */

#define PAIRS (EPISODES * CLIPS)
#define FREE     0
#define PARKED_1 1               /* given up at the clip's first revision */
#define PARKED_2 2
#define LEASED   3
#define RECORDED 4
byte pair[PAIRS];
#define OPEN     0
#define WAITING  1
#define COMPLETE 2
byte state[EPISODES];
byte judgedAt[EPISODES];         /* of COMPLETE: a `members` version */
byte shown[EPISODES];
byte shownJudgedAt[EPISODES];

/* ---- the runs ---- */

#define NOTHING 0                /* a decision: nothing, 1 + the new state, or to lease */
#define LEASING 9
byte plan[2];
byte planned[2];                 /* its episode */
byte version[2];                 /* of the catalogue that the run has read */
byte clip[2 * CLIPS];            /* its clips: their revisions, 0: not in it */
byte crashes;

hidden byte i, j;                /* scratch, within one d_step */

#define PAIR(e, c)      pair[(e) * CLIPS + (c)]
#define KNOWN(r, c)     clip[(r) * CLIPS + (c)]
/* An unresearched pair that was given up is assignable again when its clip has newer media. */
#define ASSIGNABLE(r, e, c) (PAIR(e, c) < LEASED && KNOWN(r, c) > PAIR(e, c))
#define DONE(r, e, c)   (KNOWN(r, c) == 0 || PAIR(e, c) == RECORDED || (PAIR(e, c) < LEASED && PAIR(e, c) >= KNOWN(r, c)))

#ifdef BREAK_VERSION
inline refuseOthers(e) { skip }
#else
/* Whoever read the ledger before this write will be refused. */
inline refuseOthers(e) {
  if :: plan[0] != NOTHING && planned[0] == e -> plan[0] = NOTHING; planned[0] = 0 :: else fi;
  if :: plan[1] != NOTHING && planned[1] == e -> plan[1] = NOTHING; planned[1] = 0 :: else fi
}
#endif

inline decide(e) {
  planned[me] = e;
  if
  :: ASSIGNABLE(me, e, 0) || ASSIGNABLE(me, e, 1) -> plan[me] = LEASING
  :: else ->
     if
     :: DONE(me, e, 0) && DONE(me, e, 1) -> plan[me] = 1 + COMPLETE
     :: else -> plan[me] = 1 + WAITING
     fi
  fi
}

#ifdef BREAK_COMPLETE_VERSION
#define JUDGED_AT members
#else
#define JUDGED_AT version[me]
#endif

inline write() {
  j = planned[me];
  if
  :: plan[me] == LEASING ->
     for (i : 0 .. CLIPS - 1) {
       if
       :: ASSIGNABLE(me, j, i) -> PAIR(j, i) = LEASED
       :: else
       fi
     };
     state[j] = WAITING; judgedAt[j] = 0
  :: else ->
     state[j] = plan[me] - 1;
     judgedAt[j] = (plan[me] == 1 + COMPLETE -> JUDGED_AT : 0);
#ifdef REACH_COMPLETE_AGAIN       /* after a new clip, and after a pair given up twice */
     assert(!(judgedAt[j] == 3 && PAIR(j, 1) == RECORDED && PAIR(j, 0) == PARKED_2));
#endif
     if
     :: plan[me] == 1 + COMPLETE ->
        for (i : 0 .. CLIPS - 1) {
          /* COMPLETE: all pairs of the catalogue at that version are recorded, or given up at the media of then. */
          assert(addedAt[i] == 0 || addedAt[i] > judgedAt[j] || PAIR(j, i) == RECORDED || PAIR(j, i) == PARKED_2
            || (PAIR(j, i) == PARKED_1 && (revisedAt[i] == 0 || revisedAt[i] > judgedAt[j])))
        }
     :: else
     fi
  fi;
  plan[me] = NOTHING; planned[me] = 0;
  refuseOthers(j);
  j = 0
}

/* The index nominates, perhaps long after; WAITING is looked at again when its time has come: at any time here. */
#ifdef BREAK_NEVER_REOPENED
#define NOMINATES(e) (shown[e] != COMPLETE)
#else
#define NOMINATES(e) (shown[e] != COMPLETE || shownJudgedAt[e] < opened)
#endif
#define LOOKS_AT(e) d_step { NOMINATES(e) -> decide(e) }
#ifdef ADDED_CLIP_IS_LEASED
#define MAY_CRASH (crashes < CRASHES) -> crashes++
#else
#define MAY_CRASH true
#endif
#define CRASH :: d_step { MAY_CRASH; plan[me] = NOTHING; planned[me] = 0 } goto start

proctype PendingResearchRun(byte me) {
start:
  if
  :: d_step { version[me] == members -> skip } /* read strongly: the clips that it has are those */
#ifdef BREAK_CATALOGUE_FIRST
  :: d_step { version[me] != members -> KNOWN(me, 0) = REVISION(0) };
     d_step { true -> KNOWN(me, 1) = REVISION(1) };
     d_step { true -> version[me] = members }
#else
  :: d_step { version[me] != members -> version[me] = members; KNOWN(me, 0) = 0; KNOWN(me, 1) = 0 };
     d_step { true -> KNOWN(me, 0) = REVISION(0) };
     d_step { true -> KNOWN(me, 1) = REVISION(1) }
#endif
  fi;
  if                             /* `opened` advances at most once in reopenInterval */
  :: d_step { version[me] > opened -> opened = version[me] }
#ifdef ADDED_CLIP_IS_LEASED
  :: version[me] <= opened
#else
  :: true
#endif
  CRASH
  fi;
next:
  if                             /* read a ledger strongly, decide */
  :: LOOKS_AT(0)
#if EPISODES > 1
  :: LOOKS_AT(1)
#endif
  :: else -> goto start
  fi;
  if                             /* write, unless somebody else wrote it since */
  :: d_step { plan[me] != NOTHING -> write() }
#ifndef ADDED_CLIP_IS_LEASED
  :: d_step { plan[me] != NOTHING -> write() } goto next /* another episode by the same catalogue */
#endif
  :: plan[me] == NOTHING
  CRASH
  fi;
  goto start
}

/* ---- everything else ---- */

/* A pair's result is recorded; or its lease ends without one: whoever ends it opens the episode in the same write. */
#define RECORDS(e, c) d_step { PAIR(e, c) == LEASED -> PAIR(e, c) = RECORDED; refuseOthers(e) }
#define RETURNS(e, c) d_step { PAIR(e, c) == LEASED -> PAIR(e, c) = FREE; state[e] = OPEN; judgedAt[e] = 0; refuseOthers(e) }
/* Given up at the revision that the collection has then. */
#define GIVES_UP(e, c) d_step { PAIR(e, c) == LEASED -> \
  PAIR(e, c) = REVISION(c); state[e] = OPEN; judgedAt[e] = 0; refuseOthers(e) }
#define EPISODE(e) RECORDS(e, 0) :: RETURNS(e, 0) :: GIVES_UP(e, 0) :: RECORDS(e, 1) :: RETURNS(e, 1) :: GIVES_UP(e, 1)

proctype Researchers() {
  do
  :: EPISODE(0)
#if EPISODES > 1
  :: EPISODE(1)
#endif
  od
}

proctype Curators() {
  byte step;
  /* One transaction each: the clip and the version. */
#ifdef BREAK_RAISED_APART
#define CHANGED(what) members++; what = members
#else
#define CHANGED(what) d_step { true -> members++; what = members }
#endif
  if
  :: CHANGED(addedAt[1]); CHANGED(revisedAt[0])
  :: CHANGED(revisedAt[0]); CHANGED(addedAt[1])
  fi
}

#define SHOWN(e) d_step { shown[e] != state[e] || shownJudgedAt[e] != judgedAt[e] -> \
  shown[e] = state[e]; shownJudgedAt[e] = judgedAt[e] }

proctype Index() {
  do
  :: SHOWN(0)
#if EPISODES > 1
  :: SHOWN(1)
#endif
  od
}

init {
  atomic {
    addedAt[0] = 1;
    run PendingResearchRun(0);
    if :: RUNS > 1 -> run PendingResearchRun(1) :: else fi;
    run Researchers(); run Curators(); run Index()
  }
}

#ifdef ADDED_CLIP_IS_LEASED
/* ADDED, THEN LEASED: a clip that comes is leased in every episode, or was given up; new media undo the giving up. */
ltl addedThenLeased {
  [] ((addedAt[1] > 0 -> <> (PAIR(0, 1) != FREE)) && (revisedAt[0] > 0 -> <> (PAIR(0, 0) != PARKED_1)))
}
#endif
