---------------------------- MODULE LedgerBroken ----------------------------
(* Other rules, to be put in the place of those of Ledger.tla: see variants.txt. *)
EXTENDS Ledger

AnyId(e, r, drawn)            == FALSE
OnlyThisAttempt(e, r, drawn)  == e.src = r /\ e.s = drawn
DrawnAnew(e, drawn)           == drawn
Unconditionally(e, r)         == TRUE
EvenMyOwnIfExpired(e, r)      == IF e = None THEN TRUE ELSE e.expired
TakenForGranted(drawn)        == Step("apply", drawn, 1)
DoneWhenClaimed(s)            == Done
DoneWhenSent(step)            == Done

HighestEnded(w, p) ==
  LET ended == {i \in 1..Len(Log[p]) : at[w][<<p, i>>] = Done}
  IN  IF ended = {} THEN 0 ELSE CHOOSE i \in ended : \A j \in ended : j <= i

ReleaseFirst(step)            == Step(IF step.n = 1 THEN "release" ELSE "bury", step.s, step.n)
ThenBury(step)                == Step("bury", step.s, step.n)
Finally(step)                 == Done
SentAndForgotten(r, s)        == {}
EvenIfPartial(step)           == IF step.s = None THEN Done ELSE Step("release", step.s, 1)
WhoeverHoldsIt(e, r)          == e # None

\* Not wrong, but another release: it leaves the entry without an owner, and whoever claims next
\* (by a condition on what it saw there, so no claim sent earlier can take it) keeps the suffix.
LeftWithoutOwner(e)           == [e EXCEPT !.src = None]
ClaimableIfUnowned(e, r)      == IF e = None THEN TRUE ELSE e.src = None \/ (e.expired /\ e.src # r)
NewlyDrawn(e, drawn)          == drawn
ClaimedWhereItWas(e, drawn)   == IF e = None THEN drawn ELSE e.s

NoDuplicate(r, e)             == FALSE
SamePartitionOnly(r, e)       == e.src[1] = r[1]
Never(letter)                 == FALSE
AsAnyRecord(e, letter)        == FALSE

AtAnyAge(e, r)                == TRUE
AtAnyTime                     == TRUE
All(requests)                 == requests
=============================================================================
