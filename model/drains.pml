/*
 * Drains: when may drainedUntil advance?
 *
 * Runs of the completed-research archivist empty one queue; they overlap, crash anywhere and leave messages hidden that
 * come back later. drainedUntil promises that everything sent before it has been recorded: lease.pml builds on that
 * promise alone. Every atomic block is one call to a queue or a table. docs/model.md says what the words mean.
 * model/check.sh gives the sizes (-D…) and, for a broken variant, the rule that is broken (-DBREAK_…).
 */

#ifndef MESSAGES
#define MESSAGES 2
#endif
#ifndef LAST_TICK
#define LAST_TICK 6
#endif
#ifndef SKEW
#define SKEW 0                   /* how far the clock of a drain may be ahead of the queue's, in ticks */
#endif

/* Durations in ticks. Only their order matters. */
#define RUN_TIME 1               /* timeout of a drain */
#define HIDING   (RUN_TIME + 1)  /* so long after its start nothing that a drain received is hidden any more */

#ifdef BREAK_MARGIN
#define MARGIN 0
#else
#define MARGIN SKEW              /* how far drainedUntil stays behind the drain's clock */
#endif
#ifdef BREAK_DEAD_EXPIRES_EARLY
#define BLOCKING RUN_TIME
#elif defined(BREAK_DEAD_NEVER_EXPIRES)
#define BLOCKING 100
#else
#define BLOCKING (HIDING + SKEW) /* so long a drain that never finished holds drainedUntil back */
#endif
#ifdef BREAK_DEAD_FORGOTTEN_EARLY
#define KEEPING BLOCKING
#else
#define KEEPING (BLOCKING + RUN_TIME) /* so long its entry is kept: a receive may have begun before BLOCKING was over */
#endif

byte now = 1;

/* ---- the control item ---- */

byte drainedUntil;
#define NO_RUN   0
#define UNDERWAY 1
#define DEAD     2
byte entry[2];
byte started[2];

/* ---- the queue ---- */

byte sentAt[MESSAGES];           /* 0: not yet sent */
byte heldBy[MESSAGES];           /* 0: visible; else 1 + the drain that received it */
bit  recorded[MESSAGES];
bit  deleted[MESSAGES];

hidden byte i;                   /* scratch, within one d_step */

#if MESSAGES == 1
#define ANY(test, d) test(0, d)
#elif MESSAGES == 2
#define ANY(test, d) (test(0, d) || test(1, d))
#else
#define ANY(test, d) (test(0, d) || test(1, d) || test(2, d))
#endif
#define VISIBLE(m, d)  (sentAt[m] > 0 && !deleted[m] && heldBy[m] == 0)
#define HELD(m, d)     (heldBy[m] == 1 + d)
#define BROKEN_PROMISE(m, d) (sentAt[m] > 0 && sentAt[m] < drainedUntil && !recorded[m])

/* ---- a run of the completed-research archivist ---- */

#define CLOCK (now + ahead)
/* Runs are alike: it is enough that the next one takes the first free entry. */
#define FREE_ENTRY(d) (entry[d] == NO_RUN || (entry[d] == DEAD && now >= started[d] + KEEPING))
/* It is killed when its time is over: time waits for that, so it is never seen alive beyond it. */
#ifdef CATCHES_UP                /* the first run never crashes, the other one is never started again when it has */
#define MAY_CRASH (me == 1)
#define FIRST_FREE(d) (d == 0 || entry[d] == NO_RUN && now == 1)
#else
#define MAY_CRASH true
#define FIRST_FREE(d) (FREE_ENTRY(d) && (d == 0 || !FREE_ENTRY(0)))
#endif
#define CRASHES :: d_step { MAY_CRASH -> entry[me] = DEAD; from = 0; ahead = 0; isEmpty = 0; newer = 0 } goto idle

#ifdef BREAK_OTHER_DRAIN
#define HELD_BACK(d, since) (entry[d] == DEAD && since < started[d] + BLOCKING)
#else
#ifdef BREAK_DEAD_JUDGED_LATE
#define HELD_BACK(d, since) (entry[d] != NO_RUN && CLOCK < started[d] + BLOCKING)
#else
#define HELD_BACK(d, since) (entry[d] != NO_RUN && since < started[d] + BLOCKING)
#endif
#endif

/* Everything sent before `since` was received: by this run, or by one that has nothing left to hide. */
inline advance(since) {
  if
  :: !HELD_BACK(1 - me, since) && since > drainedUntil + MARGIN -> drainedUntil = since - MARGIN
  :: else
  fi;
#ifdef REACH_AFTER_DEATH         /* past a message that was sent before a drain died */
  assert(!(entry[1 - me] == DEAD && sentAt[0] > 0 && sentAt[0] < started[1 - me] && sentAt[0] < drainedUntil));
#endif
  assert(!ANY(BROKEN_PROMISE, 0))       /* DRAINED: everything sent before drainedUntil has been recorded. */
}

#define RECEIVES(m) VISIBLE(m, me) -> heldBy[m] = 1 + me; newer = (sentAt[m] > started[me] -> newer + 1 : 0)

proctype CompletedResearchRun(byte me) {
  byte from;                     /* when the receive under way began, or the one that came back empty */
  byte ahead;                    /* its clock */
  bit  isEmpty;
  byte newer;                    /* receives in succession that held only messages sent after its start */
idle:
  atomic {                       /* it enters itself in the control item, before its first receive */
    FIRST_FREE(me);
#if SKEW > 0
    if :: true :: ahead = SKEW fi;
#endif
    entry[me] = UNDERWAY; started[me] = CLOCK
  };
receive:
  if
  :: d_step { true -> from = CLOCK }
  CRASHES
  fi;
  if
  :: atomic {
       if
       :: RECEIVES(0)
#if MESSAGES > 1
       :: RECEIVES(1)
#endif
#if MESSAGES > 2
       :: RECEIVES(2)
#endif
       fi;
       from = 0; newer = (newer > 2 -> 2 : newer);
       if
       :: goto receive           /* more of the same batch */
       :: true
       fi
     }
  :: d_step { !ANY(VISIBLE, me) -> isEmpty = 1; newer = 0
#ifdef BREAK_UNDELETED
       ; advance(from)
#endif
     }
  CRASHES
  fi;
  do                             /* the ledger write, then the deletions */
  :: d_step { ANY(HELD, me) ->
       for (i : 0 .. MESSAGES - 1) { if :: HELD(i, me) -> recorded[i] = 1 :: else fi };
       i = 0
     } break
  :: !ANY(HELD, me) -> break
  CRASHES
#ifdef BREAK_UNDELETED_FORGOTTEN
  :: ANY(HELD, me) -> break      /* throttled: they come back later; that run is over nevertheless */
#endif
  od;
  do
  :: d_step { HELD(0, me) && recorded[0] -> heldBy[0] = 0; deleted[0] = 1 }
#if MESSAGES > 1
  :: d_step { HELD(1, me) && recorded[1] -> heldBy[1] = 0; deleted[1] = 1 }
#endif
#if MESSAGES > 2
  :: d_step { HELD(2, me) && recorded[2] -> heldBy[2] = 0; deleted[2] = 1 }
#endif
  :: !ANY(HELD, me) -> break
  CRASHES
#ifdef BREAK_UNDELETED_FORGOTTEN
  :: break
#endif
  od;
  if
  :: d_step { isEmpty -> advance(from) }
#ifdef LIMIT_NEWER
  :: d_step { newer >= 2 -> advance(started[me]) }
#endif
  :: d_step { !isEmpty -> from = 0 } goto receive
  :: !isEmpty                    /* its time is nearly up */
  CRASHES
  fi;
  d_step { entry[me] = NO_RUN; started[me] = 0; from = 0; ahead = 0; isEmpty = 0; newer = 0 }
  goto idle
}

/* ---- everything else ---- */

#define SENT(m) d_step { sentAt[m] == 0 && (m == 0 || sentAt[m - 1] > 0) -> \
  sentAt[m] = now; assert(!BROKEN_PROMISE(m, 0)) }
#define COMES_BACK(m) d_step { heldBy[m] > 0 && entry[heldBy[m] - 1] == DEAD -> heldBy[m] = 0 }
/* At least once: a message may come again although it was deleted. */
#define COMES_AGAIN(m) d_step { deleted[m] -> deleted[m] = 0 }
#define IN_TIME(d) (entry[d] != UNDERWAY || now < started[d] + RUN_TIME)

active proctype World() {
  do
  :: SENT(0) :: COMES_BACK(0)
#if MESSAGES > 1
  :: SENT(1) :: COMES_BACK(1)
#endif
#if MESSAGES > 2
  :: SENT(2) :: COMES_BACK(2)
#endif
#ifndef CATCHES_UP
  :: COMES_AGAIN(0)
#if MESSAGES > 1
  :: COMES_AGAIN(1)
#endif
#if MESSAGES > 2
  :: COMES_AGAIN(2)
#endif
#endif
  :: d_step { now < LAST_TICK && IN_TIME(0) && IN_TIME(1) ->
       now++;
       for (i : 0 .. MESSAGES - 1) {     /* what a dead drain received comes back at last */
         if
         :: heldBy[i] > 0 && now >= started[heldBy[i] - 1] + HIDING -> heldBy[i] = 0
         :: else
         fi
       };
       i = 0
     }
  od
}

init { atomic { run CompletedResearchRun(0); run CompletedResearchRun(1) } }

#ifdef CATCHES_UP
/* CATCHES UP: whatever a drain left when it died, drainedUntil goes on. */
ltl catchesUp { <> (drainedUntil == LAST_TICK) }
#endif
