--------------------------- MODULE SharedKeyBroken ---------------------------
(* Other rules, to be put in the place of those of SharedKey.tla: see variants.txt. *)
EXTENDS SharedKey

Always(there, v)     == TRUE
NothingIfDelete(v)   == IF Ops[v] = "delete" THEN 0 ELSE v
IfAbsent(there, v)   == there = 0

Yes                  == TRUE
Never                == FALSE
OnlyTheLast(c)       == {c}
=============================================================================
