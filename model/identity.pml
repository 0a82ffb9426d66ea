/*
 * Identity: which entry a message means, when sources give their addresses to one thing after the other, and two runs of
 * an archivist take the messages in any order, again and again.
 *
 * A run reads the names of a message, later the entries that they lead to, decides, and writes in one transaction under the
 * conditions of functions/stores: the version of each entry that it writes, a new name is new, an address is still whose
 * it was, since when it was. docs/model.md says what the words mean. model/check.sh gives the sizes (-D…) and, for a
 * broken variant, the rule that is broken (-DBREAK_…).
 */

#ifndef MESSAGES
#define MESSAGES 3               /* number n is the n-th that was sent, and dated so */
#endif
#ifndef SOURCES
#define SOURCES 1
#endif
#ifndef IDS
#define IDS 2                    /* that a source gives */
#endif
#ifndef RUNS
#define RUNS 2
#endif
#define ADDRESSES 2
#define NONE 0                   /* of an entry: there is none; they count from 1 */
#define MOST (MESSAGES + 1)

/* ---- what was sent ---- */

byte name[MESSAGES];             /* source * IDS + id */
byte where[MESSAGES];            /* its address */
bit  nameless[MESSAGES];         /* it tells neither source nor id */
bit  taken[MESSAGES];            /* acknowledged; it may come again all the same */
bit  sent;

/* ---- the collection, as it is and as each run has read it ---- */

#define BITS ((1 << IDS) - 1)
#define OF_SOURCE(s) (BITS << ((s) * IDS))
typedef Collection {
  byte entries;                  /* the last ordinal */
  byte called[SOURCES * IDS];    /* which entry an id leads to */
  byte there[ADDRESSES];         /* which one an address leads to */
  byte until[ADDRESSES];         /* of an address that its entry left: when it was said to be there last; 0: it did not */
  byte at[MOST];                 /* an entry's address, */
  byte date[MOST];               /* by a description of then, */
  byte ids[MOST];                /* what it is called, as bits, */
  bit  gone[MOST];               /* whether another is at its address now, */
  byte sameAs[MOST]              /* and the entry that stands for it, if it turned out to be that one. */
}
Collection now, seen[2];
byte doing[2];                   /* 1 + the message of a run */
bit  read[2];                    /* it has read entries too, not only names */
byte stale[2];                   /* entries that others wrote since a run read them, as bits */

/* ---- ledgers, and who works on them ---- */

#define FREE     0
#define LEASED   1
#define RECORDED 2
byte ledger[MOST];
bit  out[MOST];                  /* its ledger says that it is gone */
byte leasing;                    /* the entry that a run is about to lease */

hidden byte e, o, t, r, b, j, k, n, s, u, d, last, to; /* scratch, within one d_step */
hidden byte wins, newest, isThere, asRead, keeps;

#define STANDING(c, x) ((x) == NONE || c.sameAs[x] == NONE -> (x) : (c.sameAs[c.sameAs[x]] == NONE -> c.sameAs[x] : c.sameAs[c.sameAs[x]]))
/* Whether a source has a name for both, so that they are two. */
#if SOURCES > 1
#define TOLD_APART(c, x, y) (((c.ids[x] & OF_SOURCE(0)) && (c.ids[y] & OF_SOURCE(0))) || ((c.ids[x] & OF_SOURCE(1)) && (c.ids[y] & OF_SOURCE(1))))
#else
#define TOLD_APART(c, x, y) ((c.ids[x] & OF_SOURCE(0)) && (c.ids[y] & OF_SOURCE(0)))
#endif
#define LAST_THERE(c, x) (c.ids[x] != 0 && c.at[x] == u && c.date[x] > c.until[u] -> c.date[x] : c.until[u])

inline forget(c) {
  c.entries = 0;
  for (k : 0 .. SOURCES * IDS - 1) { c.called[k] = 0 };
  for (k : 0 .. ADDRESSES - 1) { c.there[k] = 0; c.until[k] = 0 };
  for (k : 0 .. MOST - 1) { c.at[k] = 0; c.date[k] = 0; c.ids[k] = 0; c.gone[k] = 0; c.sameAs[k] = 0 };
  k = 0
}

/* ---- a run of the archivist: what was read is in seen[me], and what is written goes there first ---- */

#define S seen[me]

/* Only what the message names, and what that leads to. */
inline readNames() {
  n = name[doing[me] - 1]; u = where[doing[me] - 1];
  if :: !nameless[doing[me] - 1] -> S.called[n] = now.called[n] :: else fi;
  S.there[u] = now.there[u]; S.until[u] = now.until[u];
  n = 0; u = 0
}
#define LEADS_TO(x) (1 << (x) | 1 << now.sameAs[x] | 1 << now.sameAs[now.sameAs[x]])
inline readEntries() {
  n = name[doing[me] - 1]; u = where[doing[me] - 1];
  e = (nameless[doing[me] - 1] -> NONE : S.called[n]);
  if :: e == NONE -> S.entries = now.entries :: else fi;
  b = LEADS_TO(e) | LEADS_TO(S.there[u]);
  for (k : 1 .. MOST - 1) {
    if
    :: b & (1 << k) ->
       S.at[k] = now.at[k]; S.date[k] = now.date[k]; S.ids[k] = now.ids[k]; S.gone[k] = now.gone[k]; S.sameAs[k] = now.sameAs[k]
    :: else
    fi
  };
  read[me] = 1; stale[me] = 0;
  n = 0; u = 0; e = 0; b = 0; k = 0
}
#ifdef BREAK_VERSION
#define FRESH(x) true
#else
#define FRESH(x) ((x) == NONE || !(stale[me] & (1 << (x))))
#endif
#ifdef BREAK_SINCE_WHEN          /* an address is still whose it was, since whenever */
#define AS_READ(a) (now.there[a] == S.there[a])
#else
#define AS_READ(a) (now.there[a] == S.there[a] && now.until[a] == S.until[a])
#endif
#define IS_NEW(x) (now.called[x] == NONE)
/* All that was ever sent came in between the two readings, and this too: no counter is so. */
#define NOT_AS_READ insertsIt[me] = 1; S.entries = 0

/* What a decision changes: entries as bits, and names. */
byte changed[2];
bit callsIt[2], takesIt[2], insertsIt[2];
bit leaves[2 * ADDRESSES];       /* an address that its entry leaves: nobody can take it but by changing the entry */

inline leave(x) {
  if
  :: x != NONE && S.at[x] != to && !S.gone[x] && S.ids[x] != 0 && S.date[x] > S.until[S.at[x]] ->
     S.until[S.at[x]] = S.date[x]; S.there[S.at[x]] = x; leaves[me * ADDRESSES + S.at[x]] = 1
  :: else
  fi
}
inline decide() {
  n = name[doing[me] - 1]; u = where[doing[me] - 1]; d = doing[me]; s = n / IDS; asRead = AS_READ(u);
  changed[me] = 0; callsIt[me] = 0; takesIt[me] = 0; insertsIt[me] = 0; keeps = 0;
  t = STANDING(S, S.there[u]);
  e = STANDING(S, S.called[n]);
#ifdef BREAK_ADDRESS_FIRST
  if :: t != NONE -> e = t :: else fi;
#endif
  if
#ifdef BREAK_ONE_NAME_A_SOURCE    /* whoever is there is meant, even if the source calls it something else */
  :: e == NONE -> e = t
#else
  :: e == NONE && t != NONE && !(S.ids[t] & OF_SOURCE(s)) -> e = t
#endif
  :: else
  fi;
  o = (t != e -> t : NONE); r = o; b = NONE;
  if :: e != NONE && o != NONE && !TOLD_APART(S, e, o) -> b = o; r = NONE :: else fi;
  last = (r == NONE -> 0 : LAST_THERE(S, r));
#ifdef BREAK_LAST_ONE_WINS
  wins = true;
#else
  wins = (r == NONE || d > last);
#endif
  if :: S.called[n] == NONE -> callsIt[me] = 1 :: else fi;
  if :: S.there[u] == NONE || (r != NONE && wins) -> takesIt[me] = 1 :: else fi;
#ifndef BREAK_GONE
  if :: r != NONE && wins && S.at[r] == u -> S.gone[r] = 1; changed[me] = changed[me] | (1 << r) :: else fi;
#endif
#ifndef BREAK_RIVAL               /* whoever had the address is written too, wherever it is: it may come back meanwhile */
  if :: r != NONE && wins -> changed[me] = changed[me] | (1 << r) :: else fi;
#endif
  if
  :: e == NONE && S.entries == MOST - 1 -> NOT_AS_READ
  :: e == NONE && S.entries < MOST - 1 ->
     S.entries++; e = S.entries; insertsIt[me] = 1; changed[me] = changed[me] | (1 << e);
     S.at[e] = u; S.date[e] = d; S.ids[e] = 1 << n;  S.gone[e] = !wins;
     if :: takesIt[me] -> S.there[u] = e; S.until[u] = 0 :: else fi
  :: else ->
     /* The lower one stands for both; of the two the newer description counts, of those with an id. */
     if :: b != NONE && b < e -> o = e; e = b; b = o :: else fi;
     o = (b != NONE && (S.ids[e] == 0 || (S.ids[b] != 0 && S.date[b] > S.date[e])) -> b : e);
#ifdef BREAK_NEWEST
     newest = true;
#elif defined(BREAK_NAMELESS_COUNTS)
     newest = d > S.date[o];
#else
     newest = (S.ids[o] == 0 || d > S.date[o]);
#endif
     to = (newest -> u : S.at[o]); isThere = (to == u);
#ifndef BREAK_STILL_OWNED         /* who comes to an address that was its own has to find it so */
     keeps = (r == NONE && (b != NONE || (isThere && (newest || !S.gone[o]) && (S.at[e] != u || S.gone[e]))));
#endif
     if
     :: takesIt[me] -> S.until[u] = (isThere -> 0 : d); S.there[u] = e
     :: else -> if :: !isThere && (t == e || t == b) && d > LAST_THERE(S, t) -> S.until[u] = d; takesIt[me] = 1 :: else fi
     fi;
     leave(e); leave(b);
     S.gone[e] = (newest -> !wins : S.gone[o]);
     S.ids[e] = S.ids[e] | (1 << n);
     if
     :: b != NONE ->
        S.ids[e] = S.ids[e] | S.ids[b]; S.sameAs[b] = e;
        changed[me] = changed[me] | (1 << b)
     :: else
     fi;
     S.date[e] = (newest -> d : S.date[o]); S.at[e] = to;
     changed[me] = changed[me] | (1 << e)
  fi;
  if :: callsIt[me] -> S.called[n] = e :: else fi
}

/* What names no source: known by its address alone, and without a say where a source has one. */
inline decideNameless() {
  u = where[doing[me] - 1]; d = doing[me]; asRead = AS_READ(u);
  changed[me] = 0; callsIt[me] = 0; takesIt[me] = 0; insertsIt[me] = 0; keeps = 0;
  e = STANDING(S, S.there[u]);
  if
  :: e == NONE && S.entries == MOST - 1 -> NOT_AS_READ
  :: e == NONE && S.entries < MOST - 1 ->
     S.entries++; e = S.entries; insertsIt[me] = 1; takesIt[me] = 1; changed[me] = 1 << e;
     S.at[e] = u; S.date[e] = d; S.there[u] = e
  :: else ->
#ifdef BREAK_NAMELESS_SAYS
     if :: d > S.date[e] -> S.date[e] = d; changed[me] = 1 << e :: else fi
#else
     if :: S.ids[e] == 0 && d > S.date[e] -> S.date[e] = d; changed[me] = 1 << e :: else fi
#endif
  fi
}

/* ---- writing: all of it or nothing ---- */

#define AS_READ_IF_TAKEN (!(takesIt[me] || keeps) || asRead)
#define WRITTEN_FRESH(x) (!(changed[me] & (1 << (x))) || FRESH(x))
#if MESSAGES > 3
#define FRESH_ALL (WRITTEN_FRESH(1) && WRITTEN_FRESH(2) && WRITTEN_FRESH(3) && WRITTEN_FRESH(4))
#else
#define FRESH_ALL (WRITTEN_FRESH(1) && WRITTEN_FRESH(2) && WRITTEN_FRESH(3))
#endif

inline write() {
  if
  :: (!insertsIt[me] || now.entries + 1 == S.entries) && (!callsIt[me] || IS_NEW(n)) && AS_READ_IF_TAKEN && FRESH_ALL ->
     if :: insertsIt[me] -> now.entries = S.entries :: else fi;
     if :: callsIt[me] -> now.called[n] = S.called[n] :: else fi;
     for (k : 0 .. ADDRESSES - 1) {
       if
       :: leaves[me * ADDRESSES + k] || (takesIt[me] && k == u) -> now.there[k] = S.there[k]; now.until[k] = S.until[k]
       :: else
       fi
     };
     for (k : 1 .. MOST - 1) {
       if
       :: changed[me] & (1 << k) ->
          now.at[k] = S.at[k]; now.date[k] = S.date[k]; now.ids[k] = S.ids[k]; now.gone[k] = S.gone[k]; now.sameAs[k] = S.sameAs[k];
#ifndef BREAK_LEDGER_APART        /* the ledger learns it in the same transaction */
          if
          :: out[k] != now.gone[k] -> out[k] = now.gone[k]; if :: leasing == k -> leasing = NONE :: else fi
          :: else
          fi
#endif
       :: else
       fi
     };
     stale[1 - me] = stale[1 - me] | changed[me];
     taken[doing[me] - 1] = 1
  :: else                         /* it comes again */
  fi;
  doing[me] = 0; read[me] = 0; stale[me] = 0; changed[me] = 0; callsIt[me] = 0; takesIt[me] = 0; insertsIt[me] = 0;
  for (k : 0 .. ADDRESSES - 1) { leaves[me * ADDRESSES + k] = 0 };
  forget(S);
  checkNames();
  e = 0; o = 0; t = 0; r = 0; b = 0; j = 0; k = 0; n = 0; s = 0; u = 0; d = 0; last = 0; to = 0;
  wins = 0; newest = 0; isThere = 0; asRead = 0; keeps = 0
}
/* ONE AN ID: an id leads to an entry that is called so, and no source calls one entry by two ids. */
inline checkNames() {
  for (k : 0 .. SOURCES * IDS - 1) {
    e = STANDING(now, now.called[k]);
    assert(e == NONE || now.ids[e] & (1 << k));
    for (j : 0 .. k) {
      assert(j == k || j / IDS != k / IDS || e == NONE || STANDING(now, now.called[j]) != e)
    }
  };
  for (k : 1 .. MOST - 1) { assert(!out[k] || now.gone[k]) }
}

/* ---- in the end ---- */

/* The newest message of an id, counted from 1. */
inline newestOf(i) {
  last = 0;
  for (k : 0 .. MESSAGES - 1) { if :: !nameless[k] && name[k] == i -> last = k + 1 :: else fi }
}

/* AS IT WAS SAID: when all is taken, in whatever order, the entries are what the messages say. */
inline checkEnd() {
#if SOURCES == 1
  for (n : 0 .. IDS - 1) {
    newestOf(n);
    if
    :: last > 0 ->
       e = STANDING(now, now.called[n]); u = where[last - 1]; r = 0;
       for (k : last .. MESSAGES - 1) { if :: !nameless[k] && name[k] != n && where[k] == u -> r = 1 :: else fi };
       assert(e != NONE && now.at[e] == u && now.date[e] == last);
       assert(now.gone[e] == r)
#ifdef REACH_GONE
       ; assert(!now.gone[e])
#endif
    :: else
    fi
  };
#ifdef NAMELESS
  /* Each is of a source that was ever at its address; else it stays for itself. */
  for (j : 0 .. MESSAGES - 1) {
    o = STANDING(now, now.there[where[j]]); r = 0;
    for (k : 0 .. MESSAGES - 1) { if :: !nameless[k] && where[k] == where[j] -> r = 1 :: else fi };
    assert(o != NONE && (now.ids[o] != 0) == r)
#ifdef REACH_TAKEN_OVER
    ; assert(!(nameless[j] && r && now.sameAs[2] == 1))
#endif
  }
#endif
#else
  /* Two sources with one id each: one entry if they were ever said to be at one address. */
  r = 0;
  for (k : 0 .. MESSAGES - 1) { for (j : 0 .. k) { if :: name[k] != name[j] && where[k] == where[j] -> r = 1 :: else fi } };
  e = STANDING(now, now.called[0]); o = STANDING(now, now.called[1]);
  assert(e == NONE || o == NONE || (e == o) == r);
  newestOf(0); d = last; newestOf(1); t = last;
  if :: r && t > d -> d = t :: r && d > t -> t = d :: else fi;
  assert(e == NONE || (now.at[e] == where[d - 1] && now.date[e] == d && !now.gone[e]));
  assert(o == NONE || (now.at[o] == where[t - 1] && now.date[o] == t && !now.gone[o]));
#ifdef REACH_JOINED
  assert(now.sameAs[1] == NONE && now.sameAs[2] == NONE);
#endif
#endif
  e = 0; o = 0; t = 0; r = 0; j = 0; k = 0; n = 0; u = 0; d = 0; last = 0
}

#define IDLE(me) (sent && doing[me] == 0 && (me == 0 || doing[0] != 0 || RUNS == 1))
#define TAKES(m) d_step { IDLE(me) && !(me == 1 && doing[0] == 1 + m) -> doing[me] = 1 + m; readNames() }

proctype ArchivistRun(byte me) {
  do
  :: TAKES(0) :: TAKES(1) :: TAKES(2)
#if MESSAGES > 3
  :: TAKES(3)
#endif
  :: d_step { doing[me] > 0 && !read[me] -> readEntries() }
  :: d_step { doing[me] > 0 && read[me] -> if :: nameless[doing[me] - 1] -> decideNameless() :: else -> decide() fi; write() }
  od
}

/* Anything may be sent: the first message names the first id and the first address, whichever those are. */
inline sends(m) {
#ifdef NAMELESS
  if :: nameless[m] = 1 :: true fi;
#endif
#if IDS * SOURCES > 1
  if
  :: !nameless[m] && m > 0 -> name[m] = 1
#if IDS * SOURCES > 2
  :: !nameless[m] && m > 0 -> name[m] = 2
  :: !nameless[m] && m > 0 -> name[m] = 3
#endif
  :: true -> skip
  fi;
#endif
  if :: true -> where[m] = 0 :: m > 0 -> where[m] = 1 fi
}

#if MESSAGES > 3
#define ALL_TAKEN (taken[0] && taken[1] && taken[2] && taken[3])
#else
#define ALL_TAKEN (taken[0] && taken[1] && taken[2])
#endif

#ifdef WORK
/* Whoever assigns reads the ledger, then writes under its version; who records reads and writes it likewise. */
#define LEASES(x) :: d_step { now.entries >= x && leasing == NONE && ledger[x] == FREE && !out[x] -> leasing = x }
#define GRANTS d_step { leasing != NONE -> \
  /* NOT WORKED ON: what is gone from its address is not leased. */ \
  assert(!now.gone[leasing]); ledger[leasing] = LEASED; leasing = NONE }
#define HEARS(x) :: d_step { ledger[x] == LEASED && heard[x] == NONE -> heard[x] = STANDING(now, now.there[now.at[x]]) }
#ifdef BREAK_RECORDED_WHILE_GONE
#define IS_RECORDED(x) true
#else
#define IS_RECORDED(x) !out[x]
#endif
/* ITS OWN: no entry has a finding of what another one is. */
#ifdef LIMIT_BACK
#define OWN(x) (heard[x] == x)
#else
#define OWN(x) (heard[x] == x || !now.gone[x])
#endif
#define RECORDS(x) :: d_step { ledger[x] == LEASED && heard[x] != NONE -> \
  if :: IS_RECORDED(x) -> assert(OWN(x)); ledger[x] = RECORDED :: else -> ledger[x] = FREE; heard[x] = NONE fi }
byte heard[MOST];

proctype Work() {
  do
  LEASES(1) LEASES(2)
  :: GRANTS
  HEARS(1) HEARS(2)
  RECORDS(1) RECORDS(2)
  od
}
#endif

active proctype Curators() {
  atomic {
    sends(0); sends(1); sends(2);
#if MESSAGES > 3
    sends(3);
#endif
    sent = 1;
    run ArchivistRun(0);
    if :: RUNS > 1 -> run ArchivistRun(1) :: else fi;
#ifdef WORK
    run Work()
#endif
  };
  do
#ifndef SAFETY_ONLY
  :: d_step { ALL_TAKEN && doing[0] == 0 && doing[1] == 0 -> checkEnd() }
#endif
  :: false
  od
}
