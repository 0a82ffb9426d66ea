/*
 * Leases: the ledger of one episode, the runs that write it, and researchers who may do anything.
 *
 * Every atomic block is one call to a queue or a table together with the decision that it carries out; a crash, a
 * conflict or another process may come between any two of them. docs/model.md says what the words mean, what is left
 * out and which function does what. model/check.sh gives the sizes (-D…) and, for a broken variant, the rule that is
 * broken (-DBREAK_…).
 */

#ifndef LEASES
#define LEASES 2                 /* ever granted */
#endif
#ifndef MESSAGES
#define MESSAGES 3               /* ever sent by researchers */
#endif
#ifndef LAST_TICK
#define LAST_TICK 4
#endif
#ifndef RUNS
#define RUNS 2                   /* of each archivist, overlapping */
#endif
#define PAIRS 2                  /* the episode's clips; a work item has one or both */
#ifndef RECORDINGS
#define RECORDINGS 1             /* of the episode: 2 when its curator replaces the first one, at any time */
#endif

/* Durations in ticks. Only their order matters. */
#define SILENCE  1               /* silenceLimit */
#define DURATION 2               /* leaseDuration */

byte now = 1;
byte drainedUntil;

/* ---- the ledger ---- */

#define FREE     0
#define RESTING  1               /* assignable again, at a time that the model leaves open */
#define PARKED   2
#define RECORDED 3
#define LEASED   4               /* LEASED + lease */
byte pair[PAIRS];
bit  live[LEASES];
byte created[LEASES], lastSign[LEASES], lastWord[LEASES]; /* 0: never */
byte granted;

/* ---- the queues ---- */

bit  taken[LEASES];              /* the work item was received by a researcher */
byte clips[LEASES];              /* its clips, as bits */

#define KINDS 4                  /* of messages: the pairs that one has results of, as bits; 0: a sign of life only */
#define SAYS(s, p) ((s) % KINDS & (1 << (p)))
#define SLOTS (LEASES * KINDS)
byte sentAt[SLOTS];              /* 0: no such message in the queue */
bit  isLast[SLOTS];              /* revokeLease */
bit  applied[SLOTS];             /* it is in the ledger, and may still be delivered again */
byte sent;

/* ---- history that no rule looks at, for the properties only ---- */

byte owner[PAIRS];               /* 1 + the lease that was granted the pair and has neither reported it nor ended */
bit  known[PAIRS];               /* a result of this recording was recorded, whatever the ledger says */

/* ---- which recording of the episode ---- */

#if RECORDINGS > 1
bit  recording;                  /* the present one; a work item tells it, and results send it back */
bit  madeFor[LEASES];
bit  resultOf[PAIRS];
#define OLD(l) (madeFor[l] != recording)
#define NEW_LEASE_OF(l) madeFor[l] = recording
#define RESULT_OF(p, l) resultOf[p] = madeFor[l]
/* OF THIS RECORDING: nothing is recorded by what was heard in another one. */
#define OF_THIS_RECORDING(p) (pair[p] != RECORDED || resultOf[p] == recording)
#else
#define OLD(l) false
#define NEW_LEASE_OF(l) skip
#define RESULT_OF(p, l) skip
#define OF_THIS_RECORDING(p) true
#endif

hidden byte h, i, j, k;          /* scratch, within one d_step */

/* ---- reading the ledger strongly, deciding, and writing under the condition of its version ---- */

/* A decision: nothing, 1 + the lease to end, LAPSING + the lease, or GRANTING + the pairs as bits. */
#define NOTHING  0
#define LAPSING  8
#define GRANTING 16
byte plan[2];                    /* of the assigning runs */
byte doing[2];                   /* of the recording runs: 1 + the message that it received */

#ifdef BREAK_VERSION
typedef Copy { byte pair[PAIRS]; bit live[LEASES]; byte created[LEASES], lastSign[LEASES], lastWord[LEASES] }
Copy seen[4];                    /* what assigning runs 0 and 1, and recording runs 2 and 3, have read */
inline read(who) {
  for (k : 0 .. PAIRS - 1) { seen[who].pair[k] = pair[k] };
  for (k : 0 .. LEASES - 1) {
    seen[who].live[k] = live[k]; seen[who].created[k] = created[k];
    seen[who].lastSign[k] = lastSign[k]; seen[who].lastWord[k] = lastWord[k]
  };
  k = 0
}
inline beginWrite(who) {
  for (k : 0 .. PAIRS - 1) { pair[k] = seen[who].pair[k] };
  for (k : 0 .. LEASES - 1) {
    live[k] = seen[who].live[k]; created[k] = seen[who].created[k];
    lastSign[k] = seen[who].lastSign[k]; lastWord[k] = seen[who].lastWord[k]
  }
}
inline refuseOthers() { skip }
#else
/* Nobody wrote since: what was read is what is there, so the model needs no copy of it. */
inline read(who) { skip }
inline beginWrite(who) { skip }
/* Whoever read before this write will be refused: he reads again, or leaves it. */
inline refuseOthers() { plan[0] = NOTHING; plan[1] = NOTHING; doing[0] = 0; doing[1] = 0 }
#endif

inline endWrite() {
  refuseOthers();
  /* NOTHING LOST: a pair is recorded, parked, assignable now or later, or in a lease that lives. */
  for (k : 0 .. PAIRS - 1) {
    assert(pair[k] < LEASED || live[pair[k] - LEASED]);
    assert(OF_THIS_RECORDING(k))
  };
  k = 0
}

/* ---- a run of the pending-research archivist ---- */

#ifdef BREAK_WALL_CLOCK
#define HORIZON now
#else
#define HORIZON (now < drainedUntil -> now : drainedUntil)
#endif
#ifdef BREAK_LAST_WORD_EARLY
#define REVOKED(l, t) (lastWord[l] > 0)
#else
#ifdef BREAK_LAST_WORD_TIE
#define REVOKED(l, t) (lastWord[l] > 0 && lastWord[l] <= t)
#else
#define REVOKED(l, t) (lastWord[l] > 0 && lastWord[l] < t)
#endif
#endif
#define FINISHED(l)     (pair[0] != LEASED + l && pair[1] != LEASED + l)
#define UNCLAIMED(l, t) (lastSign[l] == 0 && created[l] + DURATION <= t)
#define LAPSED(l, t)    (lastSign[l] > 0 && (lastSign[l] + SILENCE <= t || created[l] + DURATION <= t))
#define ENDS(l, t)      (live[l] && (FINISHED(l) || REVOKED(l, t) || UNCLAIMED(l, t) || LAPSED(l, t)))
#ifdef BREAK_RECORDED_LEASED
#define ASSIGNABLE(p)   (pair[p] == FREE || pair[p] == RESTING || pair[p] == RECORDED)
#else
#define ASSIGNABLE(p)   (pair[p] == FREE || pair[p] == RESTING)
#endif
#define MAY_GRANT(p)    (granted < LEASES && ASSIGNABLE(p))

inline decideToEnd(l) {
  h = HORIZON;
  if
  :: REVOKED(l, h) -> plan[me] = 1 + l; h = lastWord[l] + 1
  :: else ->
     if
     :: !FINISHED(l) && LAPSED(l, h) -> plan[me] = LAPSING + l
     :: else -> plan[me] = 1 + l
     fi
  fi;
  for (i : 0 .. PAIRS - 1) {
    if
    :: pair[i] == LEASED + l ->
       for (k : 0 .. SLOTS - 1) {
#ifndef WITHOUT_PROMISE
         /* REPORTED IN TIME: a pair that its lease returns has no result in the queue that was sent before its end. */
         assert(!SAYS(k, i) || OLD(k / KINDS) || sentAt[k] == 0 || sentAt[k] >= h);
#endif
         skip
       }
    :: else
    fi
  };
  read(me)
}

/* What the lease has not reported goes back; of a lapse the first of it is struck: it rests, or is given up. */
inline end(l, struck) {
  j = struck;
  for (i : 0 .. PAIRS - 1) {
#ifndef BREAK_ONE_WRITE          /* the lease goes in one write, its pairs in another that a crash prevents */
    if :: pair[i] == LEASED + l -> pair[i] = j; j = FREE :: else fi;
#endif
    if :: owner[i] == 1 + l -> owner[i] = 0 :: else fi
  };
  live[l] = 0; lastSign[l] = 0; lastWord[l] = 0
}

inline grant(mask) {
  live[granted] = 1; created[granted] = now; clips[granted] = mask; NEW_LEASE_OF(granted);
  for (i : 0 .. PAIRS - 1) {
    if
    :: mask & (1 << i) ->
       assert(owner[i] == 0);        /* ONE LEASE: the pair is in no other live lease. */
       assert(!known[i]);            /* ONCE: no result of the pair was ever recorded. */
       pair[i] = LEASED + granted; owner[i] = 1 + granted
    :: else
    fi
  };
  granted++
}

#define DECIDES(condition, decision) d_step { IDLE(me) && condition -> decision; read(me) }
#define WRITES(condition, change) d_step { condition -> beginWrite(me); change; plan[me] = NOTHING; endWrite() }
/* Runs are alike: it is enough that the first idle one takes the next turn. */
#define IDLE(me) (plan[me] == NOTHING && (me == 0 || plan[0] != NOTHING))
#define LAPSE(me) (plan[me] >= LAPSING && plan[me] < GRANTING)

proctype PendingResearchRun(byte me) {
  do
  /* Reads the control item and the ledger, and decides. */
  :: DECIDES(ENDS(0, HORIZON), decideToEnd(0))
  :: DECIDES(ENDS(1, HORIZON), decideToEnd(1))
#if LEASES > 2
  :: DECIDES(ENDS(2, HORIZON), decideToEnd(2))
#endif
  :: DECIDES(MAY_GRANT(0), plan[me] = GRANTING + 1)
  :: DECIDES(MAY_GRANT(1), plan[me] = GRANTING + 2)
  :: DECIDES(MAY_GRANT(0) && MAY_GRANT(1), plan[me] = GRANTING + 3)
  /* Writes; or does not: a crash, or its time is up. */
  :: WRITES(plan[me] > GRANTING && granted < LEASES, grant(plan[me] - GRANTING))
  :: WRITES(plan[me] > NOTHING && plan[me] < LAPSING, end(plan[me] - 1, FREE))
  :: WRITES(LAPSE(me), end(plan[me] - LAPSING, RESTING))
  :: WRITES(LAPSE(me), end(plan[me] - LAPSING, PARKED))
  :: d_step { plan[me] != NOTHING -> plan[me] = NOTHING }
  od
}

/* ---- a run of the completed-research archivist, as far as the ledger sees it ---- */

#define MAXIMUM(a, b) (a > b -> a : b)

inline record(s) {
  j = (s) / KINDS;
  if
  :: live[j] ->
     lastSign[j] = MAXIMUM(lastSign[j], sentAt[s]);
     if :: isLast[s] -> lastWord[j] = MAXIMUM(lastWord[j], sentAt[s]) :: else fi
  :: else
  fi;
#ifdef REACH_LATE_RESULT          /* of a lease that ended, while the pair is in another one */
  assert(!SAYS(s, 0) || live[j] || pair[0] < LEASED);
#endif
  /* Everything that one message says goes into one write. */
  for (k : 0 .. PAIRS - 1) {
    if
#ifdef BREAK_OLD_RECORDING
    :: SAYS(s, k) -> pair[k] = RECORDED; owner[k] = 0; known[k] = 1; RESULT_OF(k, j)
#else
    :: SAYS(s, k) && !OLD(j) -> pair[k] = RECORDED; owner[k] = 0; known[k] = 1; RESULT_OF(k, j)
    /* It is turned away, and its pair is free for what is there now. */
    :: SAYS(s, k) && OLD(j) ->
#ifdef REACH_TURNED_AWAY
       assert(false);
#endif
       if :: pair[k] == LEASED + j -> pair[k] = FREE; owner[k] = 0 :: else fi
#endif
    :: else
    fi
#ifdef BREAK_FIRST_OF_BATCH
    ; if :: SAYS(s, k) -> break :: else fi
#endif
  };
  applied[s] = 1
}

#define RECEIVES(s) d_step { sentAt[s] > 0 && doing[me] == 0 && (me == 0 || doing[0] != 0) -> doing[me] = 1 + s; read(2 + me) }

proctype CompletedResearchRun(byte me) {
  do
  /* Receives a message, which the other one may hold too, and reads the ledger. */
  :: RECEIVES(0) :: RECEIVES(1) :: RECEIVES(2) :: RECEIVES(3)
  :: RECEIVES(4) :: RECEIVES(5) :: RECEIVES(6) :: RECEIVES(7)
#if LEASES > 2
  :: RECEIVES(8) :: RECEIVES(9) :: RECEIVES(10) :: RECEIVES(11)
#endif
  /* Writes; or does not: then the message comes again. */
  :: d_step { doing[me] > 0 -> beginWrite(2 + me); record(doing[me] - 1); doing[me] = 0; endWrite() }
  :: d_step { doing[me] > 0 -> doing[me] = 0 }
  od
}

/* ---- everything else ---- */

/* An item that was never sent, was lost, or waits, is one that nobody has taken yet. */
#define TAKES(l) d_step { granted > l && !taken[l] && now < created[l] + DURATION -> taken[l] = 1 }

/* Whoever has taken an item says anything about it, at any time, in any order, as often as he likes, or nothing. */
#define SENDS(l, kind, last) d_step { \
  taken[l] && sent < MESSAGES && sentAt[l * KINDS + kind] == 0 && (clips[l] & kind) == kind -> \
  sentAt[l * KINDS + kind] = now; isLast[l * KINDS + kind] = last; sent++ }

/* ALL THAT IT SAYS: a message goes only when every pair that it has a result of is recorded, or it is of what is gone. */
#define IS_KNOWN(s, p) (!SAYS(s, p) || OLD((s) / KINDS) || known[p])
#define DELETED(s) d_step { applied[s] && doing[0] != 1 + s && doing[1] != 1 + s -> \
  assert(IS_KNOWN(s, 0) && IS_KNOWN(s, 1)); \
  sentAt[s] = 0; isLast[s] = 0; applied[s] = 0 }

#define LEASE(l) TAKES(l) \
  :: SENDS(l, 0, 0) :: SENDS(l, 0, 1) :: SENDS(l, 1, 0) :: SENDS(l, 1, 1) \
  :: SENDS(l, 2, 0) :: SENDS(l, 2, 1) :: SENDS(l, 3, 0) :: SENDS(l, 3, 1) \
  :: DELETED(l * KINDS) :: DELETED(l * KINDS + 1) :: DELETED(l * KINDS + 2) :: DELETED(l * KINDS + 3)

/* What drains.pml proves: everything sent before drainedUntil has been recorded. */
#define RECORDED_UNTIL(s, t) (sentAt[s] == 0 || sentAt[s] >= t || applied[s])
#if LEASES > 2
#define ALL_RECORDED_UNTIL(t) (RECORDED_UNTIL(0, t) && RECORDED_UNTIL(1, t) && RECORDED_UNTIL(2, t) \
  && RECORDED_UNTIL(3, t) && RECORDED_UNTIL(4, t) && RECORDED_UNTIL(5, t) \
  && RECORDED_UNTIL(6, t) && RECORDED_UNTIL(7, t) && RECORDED_UNTIL(8, t) \
  && RECORDED_UNTIL(9, t) && RECORDED_UNTIL(10, t) && RECORDED_UNTIL(11, t))
#else
#define ALL_RECORDED_UNTIL(t) (RECORDED_UNTIL(0, t) && RECORDED_UNTIL(1, t) && RECORDED_UNTIL(2, t) \
  && RECORDED_UNTIL(3, t) && RECORDED_UNTIL(4, t) && RECORDED_UNTIL(5, t) \
  && RECORDED_UNTIL(6, t) && RECORDED_UNTIL(7, t))
#endif

/* Another recording of the episode: what was recorded is history, in the transaction that says so. */
#define RE_RECORDED d_step { recording == 0 -> recording = 1; \
  for (i : 0 .. PAIRS - 1) { if :: pair[i] == RECORDED -> pair[i] = FREE; known[i] = 0 :: else fi }; \
  refuseOthers() }

active proctype World() {
  do
  :: LEASE(0)
  :: LEASE(1)
#if LEASES > 2
  :: LEASE(2)
#endif
#if RECORDINGS > 1
  :: RE_RECORDED
#endif
  :: d_step { now < LAST_TICK -> now++ }
#if defined(BREAK_UNDELETED) || defined(WITHOUT_PROMISE)
  :: d_step { drainedUntil < now -> drainedUntil++ }
#else
  :: d_step { drainedUntil < now && ALL_RECORDED_UNTIL(drainedUntil + 1) -> drainedUntil++ }
#endif
  od
}

init {
  atomic {
    run PendingResearchRun(0);
    run CompletedResearchRun(0);
    if :: RUNS > 1 -> run PendingResearchRun(1); run CompletedResearchRun(1) :: else fi
  }
}
