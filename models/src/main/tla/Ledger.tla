------------------------------- MODULE Ledger -------------------------------
(***************************************************************************)
(* The source-fenced ledger (docs/adr/0001), small enough to try every     *)
(* order of steps.  docs/protocol-models.md explains it to a reader who    *)
(* has never seen TLA+.                                                    *)
(*                                                                         *)
(* One event id is modelled.  Its records (copies of the event, or another *)
(* content under the same id) lie in two partitions.  Different ids meet   *)
(* only in the offsets, and there a record of another event stands in.     *)
(*                                                                         *)
(* The network and the broker are as unkind as they can be:                *)
(*   - A claim for any record with any suffix may arrive at any time. Some *)
(*     worker may have sent it long ago, timed out, and died since.        *)
(*   - An effect that was ever sent may arrive at any later time, again    *)
(*     and again; so may a release.                                        *)
(*   - A worker may be given a partition from any position up to the       *)
(*     highest ever committed, whoever else works on it: commits are not   *)
(*     fenced, so a zombie can move the position both ways.                *)
(*   - A worker may die at any step.  A reply that is lost is a request    *)
(*     that arrives "late" while its worker still waits and tries again.   *)
(*                                                                         *)
(* The rules of the protocol are the operators in section RULES.  Each     *)
(* broken variant (LedgerBroken.tla, variants.txt) replaces one of them.   *)
(***************************************************************************)
EXTENDS Naturals, Sequences, FiniteSets, TLC

CONSTANTS
  Workers,      \* who processes; any number of them may hold a partition
  Suffixes,     \* what a random sharder may draw
  None,
  Log,          \* partition -> contents of its records, in order of offset
  Effects,      \* how many effects an event has
  Rejected,     \* which effect of content "a" the service rejects; 0: none
  Compacted,    \* whether the topic is compacted
  Expires       \* whether entries expire

Partitions == DOMAIN Log
Records    == UNION {{<<p, i>> : i \in 1..Len(Log[p])} : p \in Partitions}
Content(r) == Log[r[1]][r[2]]
Another    == "another event"
Ours       == {r \in Records : Content(r) # Another}
Contents   == {Content(r) : r \in Ours}

\* Logs that the configurations choose from.
OnceAndAcross   == [p |-> <<"a">>, q |-> <<"a">>]
TwiceAndAcross  == [p |-> <<"a", "a">>, q |-> <<"a">>]
OvertakenAcross == [p |-> <<"a", Another>>, q |-> <<"a">>]
OnceAndReused   == [p |-> <<"a">>, q |-> <<"x">>]
AcrossAndReused == [p |-> <<"a">>, q |-> <<"a", "x">>]

VARIABLES
  entry,      \* the ledger's entry of the id: [src, s, expired], or None
  data,       \* data[n]: where effect n of the id lies: set of <<suffix, content>>
  sent,       \* effects that were sent and may still arrive: <<n, suffix, content>>
  freeing,    \* records whose release was sent and may still arrive
  at,         \* at[w][r]: what worker w is about to do for record r
  committed,  \* committed[p]: how many records of p were ever committed
  gone,       \* records that compaction has removed
  rejecting,  \* the service still rejects the effect that it rejects
  dead,       \* dead letters that wait for their replay: [src, s]
  tool        \* the dead letter in the replay tool's hands, or None

vars == <<entry, data, sent, freeing, at, committed, gone, rejecting, dead, tool>>

Idle        == [do |-> "nothing", s |-> None, n |-> 0]
Step(d,s,n) == [do |-> d, s |-> s, n |-> n]
Done        == Step("done", None, 0)
Unclaimed   == Step("claim", None, 0)

-----------------------------------------------------------------------------
(* RULES: what the protocol says.  A broken variant replaces one of these. *)

\* The condition of the claim's put: attribute_not_exists(id) OR (expireAt < :now AND src <> :mine).
Claimable(e, r) == e = None \/ (e.expired /\ e.src # r)

\* A late claim carries the :now of its sending, and to that the entry had not expired.
ClaimableLate(e, r) == e = None

\* An entry of my own source is my own earlier attempt, and never a duplicate.
Owns(e, r, drawn) == e.src = r

\* My own attempt goes on where the entry says, and not where this attempt would have gone.
ReplayAt(e, drawn) == e.s

\* A duplicate on a topic that is not compacted is dropped; duplicates(DROP).
ReappliesDuplicate(r, e) == FALSE
EveryDuplicate(r, e)     == TRUE          \* duplicates(REAPPLY); chosen by compacted configurations
ReapplyAt(e, drawn)      == e.s

\* A claim that stands is a promise, not a result: the record goes on to its effects.
AfterClaim(s) == Step("apply", s, 1)

\* No answer tells nothing: try again.
AfterSilentClaim(drawn) == Unclaimed
AfterSilentEffect(step) == step

\* What ended is committed up to the first record that has not.  Records before the position that
\* the worker was given are idle; the commits that gave it that position cover them.
Committable(w, p) ==
  LET ended(k) == \A i \in 1..k : at[w][<<p, i>>].do \in {"nothing", "done"}
      works    == \E i \in 1..Len(Log[p]) : at[w][<<p, i>>] # Idle
  IN  IF works THEN CHOOSE k \in 0..Len(Log[p]) :
                      ended(k) /\ \A j \in 0..Len(Log[p]) : ended(j) => j <= k
               ELSE 0

\* A record that fails for good: dead letter first, then the release, then the end.
AfterRejection(step)  == Step("bury", step.s, step.n)
AfterBurial(step)     == IF step.n = 1 THEN Step("release", step.s, 1)  \* no effect was applied
                                       ELSE Done                        \* partial, or a Conflict
AfterRelease(step)    == Done
Buried(r, s)          == {[src |-> r, s |-> s]}

\* The release is a conditional delete on src; who claims next draws a suffix of its own.
ReleasedBy(e, r)      == IF e = None THEN FALSE ELSE e.src = r
Freed(e)              == None
ClaimedAt(e, drawn)   == drawn

\* The replay tool presents the dead letter as the canonical record, and makes the effects of a
\* duplicate again at the recorded suffix.
ReplayOwns(e, letter)           == e.src = letter.src
ReplayReappliesDuplicate(letter) == TRUE

\* Assumption: no record arrives after the entry of another one has expired (retention).
InTime(e, r) == IF e = None THEN TRUE ELSE ~e.expired \/ e.src = r

\* Assumption: what was rejected stays so until someone repairs the cause, and no request, and no
\* work begun before the repair, outlives it: requests die in seconds, repairs take longer.
Quiet == \A w \in Workers, r \in Records : at[w][r].do \in {"nothing", "done", "claim"}
StillOnTheWire(requests) == {}

-----------------------------------------------------------------------------
Refuses(n, c) == rejecting /\ c = "a" /\ n = Rejected

\* `create`: put if absent; what is there stays, and that counts as success.
Landed(n, s, c) ==
  IF \E x \in data[n] : x[1] = s THEN data
  ELSE [data EXCEPT ![n] = @ \cup {<<s, c>>}]

Init ==
  /\ entry = None
  /\ data = [n \in 1..Effects |-> {}]
  /\ sent = {} /\ freeing = {} /\ gone = {} /\ dead = {}
  /\ at = [w \in Workers |-> [r \in Records |-> Idle]]
  /\ committed = [p \in Partitions |-> 0]
  /\ rejecting = (Rejected # 0)
  /\ tool = None

----------------------------- (* the broker *) ------------------------------
\* From any position up to the highest committed; the worker forgets what it did there before.
Assign(w, p) ==
  /\ \E k \in 0..committed[p] :
       at' = [at EXCEPT ![w] = [r \in Records |->
                IF r[1] # p THEN at[w][r]
                ELSE IF r[2] <= k THEN Idle
                ELSE IF r \in gone \/ r \notin Ours THEN Done
                ELSE Unclaimed]]
  /\ UNCHANGED <<entry, data, sent, freeing, committed, gone, rejecting, dead, tool>>

Commit(w, p) ==
  /\ Committable(w, p) > committed[p]
  /\ committed' = [committed EXCEPT ![p] = Committable(w, p)]
  /\ UNCHANGED <<entry, data, sent, freeing, at, gone, rejecting, dead, tool>>

\* All records of a partition have one Kafka key here: the last one stays.
Compact(r) ==
  /\ Compacted /\ r \notin gone /\ r[2] < Len(Log[r[1]])
  /\ gone' = gone \cup {r}
  /\ UNCHANGED <<entry, data, sent, freeing, at, committed, rejecting, dead, tool>>

----------------------------- (* a worker *) --------------------------------
Crash(w) ==
  /\ at[w] # [r \in Records |-> Idle]
  /\ at' = [at EXCEPT ![w] = [r \in Records |-> Idle]]
  /\ UNCHANGED <<entry, data, sent, freeing, committed, gone, rejecting, dead, tool>>

\* The claim arrives, and its reply comes back.
Claim(w, r) ==
  /\ at[w][r].do = "claim"
  /\ InTime(entry, r)
  /\ \E drawn \in Suffixes :
       IF Claimable(entry, r)
       THEN /\ entry' = [src |-> r, s |-> ClaimedAt(entry, drawn), expired |-> FALSE]
            /\ at' = [at EXCEPT ![w][r] = AfterClaim(ClaimedAt(entry, drawn))]
       ELSE /\ entry' = entry
            /\ at' = [at EXCEPT ![w][r] =
                 IF Content(entry.src) # Content(r) THEN Step("bury", None, 0)   \* Conflict
                 ELSE IF Owns(entry, r, drawn)      THEN AfterClaim(ReplayAt(entry, drawn))
                 ELSE IF ReappliesDuplicate(r, entry) THEN Step("apply", ReapplyAt(entry, drawn), 1)
                 ELSE Done]
  /\ UNCHANGED <<data, sent, freeing, committed, gone, rejecting, dead, tool>>

ClaimUnanswered(w, r) ==
  /\ at[w][r].do = "claim"
  /\ \E drawn \in Suffixes : at' = [at EXCEPT ![w][r] = AfterSilentClaim(drawn)]
  /\ UNCHANGED <<entry, data, sent, freeing, committed, gone, rejecting, dead, tool>>

\* An effect arrives, and its reply comes back.
Apply(w, r) ==
  LET step == at[w][r] IN
  /\ step.do = "apply"
  /\ IF Refuses(step.n, Content(r))
     THEN /\ at' = [at EXCEPT ![w][r] = AfterRejection(step)]
          /\ data' = data
     ELSE /\ at' = [at EXCEPT ![w][r] =
                      IF step.n = Effects THEN Done ELSE Step("apply", step.s, step.n + 1)]
          /\ data' = Landed(step.n, step.s, Content(r))
  /\ UNCHANGED <<entry, sent, freeing, committed, gone, rejecting, dead, tool>>

\* An effect is sent, and the worker hears nothing: from now on it may arrive at any time.
ApplyUnanswered(w, r) ==
  LET step == at[w][r] IN
  /\ step.do = "apply"
  /\ sent' = sent \cup {<<step.n, step.s, Content(r)>>}
  /\ at' = [at EXCEPT ![w][r] = AfterSilentEffect(step)]
  /\ UNCHANGED <<entry, data, freeing, committed, gone, rejecting, dead, tool>>

\* The dead-letter topic acknowledges.
Bury(w, r) ==
  LET step == at[w][r] IN
  /\ step.do = "bury"
  /\ dead' = dead \cup Buried(r, step.s)
  /\ at' = [at EXCEPT ![w][r] = AfterBurial(step)]
  /\ UNCHANGED <<entry, data, sent, freeing, committed, gone, rejecting, tool>>

Release(w, r) ==
  LET step == at[w][r] IN
  /\ step.do = "release"
  /\ freeing' = freeing \cup {r}
  /\ entry' = IF ReleasedBy(entry, r) THEN Freed(entry) ELSE entry
  /\ at' = [at EXCEPT ![w][r] = AfterRelease(step)]
  /\ UNCHANGED <<data, sent, committed, gone, rejecting, dead, tool>>

------------------- (* what arrives late; what time does *) -----------------
LateClaim(r, s) ==
  /\ ClaimableLate(entry, r)
  /\ entry' = [src |-> r, s |-> s, expired |-> FALSE]
  /\ UNCHANGED <<data, sent, freeing, at, committed, gone, rejecting, dead, tool>>

LateEffect(e) ==
  /\ ~Refuses(e[1], e[3])
  /\ data' = Landed(e[1], e[2], e[3])
  /\ UNCHANGED <<entry, sent, freeing, at, committed, gone, rejecting, dead, tool>>

LateRelease(r) ==
  /\ ReleasedBy(entry, r)
  /\ entry' = Freed(entry)
  /\ UNCHANGED <<data, sent, freeing, at, committed, gone, rejecting, dead, tool>>

Expire ==
  /\ Expires
  /\ IF entry = None THEN FALSE ELSE ~entry.expired
  /\ entry' = [entry EXCEPT !.expired = TRUE]
  /\ UNCHANGED <<data, sent, freeing, at, committed, gone, rejecting, dead, tool>>

----------------- (* someone repairs the cause, and replays *) --------------
Repair ==
  /\ rejecting /\ Quiet
  /\ rejecting' = FALSE
  /\ sent' = StillOnTheWire(sent)
  /\ freeing' = StillOnTheWire(freeing)
  /\ UNCHANGED <<entry, data, at, committed, gone, dead, tool>>

ToolTakes ==
  /\ tool = None /\ ~rejecting
  /\ \E d \in dead : tool' = [letter |-> d, step |-> Unclaimed]
  /\ UNCHANGED <<entry, data, sent, freeing, at, committed, gone, rejecting, dead>>

ToolClaims ==
  LET letter == tool.letter IN
  /\ tool # None /\ tool.step.do = "claim"
  /\ \E s \in (IF letter.s = None THEN Suffixes ELSE {letter.s}) :
       IF Claimable(entry, letter.src)
       THEN /\ entry' = [src |-> letter.src, s |-> ClaimedAt(entry, s), expired |-> FALSE]
            /\ tool' = [tool EXCEPT !.step = Step("apply", ClaimedAt(entry, s), 1)]
       ELSE /\ entry' = entry
            /\ tool' = IF Content(entry.src) # Content(letter.src) THEN None  \* stays a dead letter
                       ELSE [tool EXCEPT !.step =
                              IF ReplayOwns(entry, letter) \/ ReplayReappliesDuplicate(letter)
                              THEN Step("apply", entry.s, 1) ELSE Done]
  /\ UNCHANGED <<data, sent, freeing, at, committed, gone, rejecting, dead>>

ToolApplies ==
  LET step == tool.step
      c    == Content(tool.letter.src) IN
  /\ tool # None /\ step.do = "apply"
  /\ \/ /\ data' = Landed(step.n, step.s, c)
        /\ tool' = [tool EXCEPT !.step =
                      IF step.n = Effects THEN Done ELSE Step("apply", step.s, step.n + 1)]
        /\ sent' = sent
     \/ /\ sent' = sent \cup {<<step.n, step.s, c>>}
        /\ UNCHANGED <<data, tool>>
  /\ UNCHANGED <<entry, freeing, at, committed, gone, rejecting, dead>>

ToolEnds ==
  /\ tool # None
  /\ \/ tool.step = Done /\ dead' = dead \ {tool.letter}
     \/ dead' = dead                                     \* the tool dies
  /\ tool' = None
  /\ UNCHANGED <<entry, data, sent, freeing, at, committed, gone, rejecting>>

-----------------------------------------------------------------------------
Next ==
  \/ \E w \in Workers, p \in Partitions : Assign(w, p) \/ Commit(w, p)
  \/ \E w \in Workers : Crash(w)
  \/ \E w \in Workers, r \in Ours :
       \/ Claim(w, r) \/ ClaimUnanswered(w, r)
       \/ Apply(w, r) \/ ApplyUnanswered(w, r)
       \/ Bury(w, r)  \/ Release(w, r)
  \/ \E r \in Ours : Compact(r)
  \/ \E r \in Ours, s \in Suffixes : LateClaim(r, s)
  \/ \E e \in sent : LateEffect(e)
  \/ \E r \in freeing : LateRelease(r)
  \/ Expire
  \/ Repair
  \/ ToolTakes \/ ToolClaims \/ ToolApplies \/ ToolEnds

Spec == Init /\ [][Next]_vars

\* Workers and suffixes have no names of their own: states that differ only in them are one.
Symmetry == Permutations(Workers) \cup Permutations(Suffixes)

-----------------------------------------------------------------------------
(* WHAT MUST HOLD, in every state that any order of steps can reach.       *)

Over(r)      == r[2] <= committed[r[1]] \/ r \in gone
InTable(c)   == \A n \in 1..Effects : \E x \in data[n] : x[2] = c
IsBuried(c)  == \E d \in dead : Content(d.src) = c

\* When no record of it will come again, the content is in the table, or waits as a dead letter.
\* All workers may die in this very state, and nothing on the wire need ever arrive.
NothingLost ==
  \A c \in Contents : (\A r \in Ours : Content(r) = c => Over(r)) => InTable(c) \/ IsBuried(c)

\* Each effect of the id lies under one key at most.
NothingDoubled == \A n \in 1..Effects : Cardinality(data[n]) <= 1
=============================================================================
