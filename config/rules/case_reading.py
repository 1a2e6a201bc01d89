"""A rule set's own cases out of JSON."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from config.rules import fields
from config.rules.reasons import ReasonCode
from config.rules.ruleset import Case, Facts, Proof, ProofSource

_CASE = {"name", "at", "until", "traveller", "attested_class", "proofs", "expect"}
_FORMER_CASE = {"name", "rule", "payload", "at", "expected"}
_FACTS = {each.name for each in dataclasses.fields(Facts)}


def case_of(row: Mapping[str, Any]) -> Case:
    """One case: a whole traveller, or one proof under one rule as daan-rules-1 writes it.

    Raises:
        ValueError, KeyError, TypeError: it is none.
    """
    where = f"case “{row['name']}”"
    fields.only(row, _FORMER_CASE if "rule" in row else _CASE, where)
    if "rule" in row:  # one proof under one rule, as daan-rules-1 writes it
        expected = {fields.text(row["rule"]): fields.verdict(row["expected"])}
        proof = Proof(dict(row["payload"]))
        return Case(
            fields.text(row["name"]), fields.moment(row["at"]), None, Facts(), None, (proof,), None, expected, {}
        )
    expect = row["expect"]
    fields.only(expect, {"class", "rules", "codes"}, where)
    known = row.get("traveller", {})
    fields.only(known, _FACTS, f"the traveller of {where}")
    facts = Facts(**{str(key): fields.text(value) for key, value in known.items()})
    return Case(
        name=fields.text(row["name"]),
        at=fields.moment(row["at"]),
        until=fields.moment(row["until"]) if "until" in row else None,
        facts=facts,
        attested=fields.text(row["attested_class"]) if "attested_class" in row else None,
        proofs=tuple(_proof(proof, where) for proof in row.get("proofs", ())),
        traveller_class=(fields.text(expect["class"]) if expect["class"] else "") if "class" in expect else None,
        expected={fields.text(rule): fields.verdict(value) for rule, value in expect.get("rules", {}).items()},
        codes={
            fields.text(rule): fields.one_of(ReasonCode, value, f"{where}, the code under {rule}")
            for rule, value in expect.get("codes", {}).items()
        },
    )


def _proof(row: Mapping[str, Any], where: str) -> Proof:
    fields.only(row, {"payload", "source"}, f"a proof of {where}")
    source = fields.one_of(ProofSource, row.get("source", ProofSource.CERTIFICATE), f"a proof of {where}")
    return Proof(dict(row["payload"]), source)
