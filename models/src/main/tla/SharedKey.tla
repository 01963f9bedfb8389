------------------------------ MODULE SharedKey ------------------------------
(***************************************************************************)
(* What a key that several events write may show: `put` and `delete`       *)
(* against `putIfNewer`, whose deletes leave a versioned tombstone.        *)
(*                                                                         *)
(* The events of one entity lie in one partition, oldest first; event i    *)
(* carries version i.  Each worker takes them in that order, one request   *)
(* at a time for the key (docs/adr/0003).  A request that was ever sent    *)
(* may arrive again at any later time; a worker may start anew from any    *)
(* position up to the highest committed, whoever else is at work.          *)
(* Claims are left out: they decide whether an event is written, not in    *)
(* which order two of them arrive.                                         *)
(***************************************************************************)
EXTENDS Naturals, Sequences, FiniteSets, TLC

CONSTANTS Workers, Ops      \* Ops: what each event does to the key

PutPutDelete == <<"put", "put", "delete">>
PutDeletePut == <<"put", "delete", "put">>
Last         == Len(Ops)

VARIABLES
  item,       \* version of the item or the tombstone at the key; 0: nothing there
  sent,       \* versions whose request was sent and may still arrive
  next,       \* next[w]: the event that worker w is to write; 0: it has none of the partition
  committed   \* how many events were ever committed

vars == <<item, sent, next, committed>>

-----------------------------------------------------------------------------
(* RULES, replaced by the variants. *)

\* attribute_not_exists(pk) OR version < :v; a stale one ends as Superseded, which is a success.
Accepts(there, v) == there < v

\* A delete leaves its version behind.
Left(v) == v

\* What the network and the broker may do.
ArrivesLate  == TRUE
Positions(c) == 0..c

-----------------------------------------------------------------------------
After(there, v) == IF Accepts(there, v) THEN Left(v) ELSE there

Init == item = 0 /\ sent = {} /\ next = [w \in Workers |-> 0] /\ committed = 0

\* A start, a restart after a crash, a rebalance; the other workers go on.
Assign(w) ==
  /\ \E c \in Positions(committed) : next' = [next EXCEPT ![w] = c + 1]
  /\ UNCHANGED <<item, sent, committed>>

Working(w) == next[w] \in 1..Last

Write(w) ==
  /\ Working(w)
  /\ item' = After(item, next[w])
  /\ next' = [next EXCEPT ![w] = @ + 1]
  /\ UNCHANGED <<sent, committed>>

WriteUnanswered(w) ==
  /\ Working(w)
  /\ sent' = sent \cup {next[w]}
  /\ UNCHANGED <<item, next, committed>>

Commit(w) ==
  /\ next[w] > committed + 1
  /\ committed' = next[w] - 1
  /\ UNCHANGED <<item, sent, next>>

Late(v) ==
  /\ ArrivesLate
  /\ item' = After(item, v)
  /\ UNCHANGED <<sent, next, committed>>

Next ==
  \/ \E w \in Workers : Assign(w) \/ Write(w) \/ WriteUnanswered(w) \/ Commit(w)
  \/ \E v \in sent : Late(v)

Spec == Init /\ [][Next]_vars

Symmetry == Permutations(Workers)

\* Once all events are committed, the key shows the last one, and goes on doing so.
NeverStale == committed = Last => item = Left(Last)
=============================================================================
