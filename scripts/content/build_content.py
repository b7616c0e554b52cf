#!/usr/bin/env python3
"""Write the addon's default content out of the domain texts.

    python3 scripts/content/build_content.py          # write the files
    python3 scripts/content/build_content.py --check  # fail if they are stale

Reads, beside this file:
    default_regulation.json  roles, stages, steps and provisions as the domain
                             pages give them, English and Russian; not edited
    steps_extra.json         what it lacks, and texts that replace its telegraphic
                             ones; each text is a pair [English, Russian]
Writes:
    client_regulation/data/regulation_*.xml  the records, in English
    scripts/content/ru.json                  every translatable value, for ru.po

The result depends on the two inputs alone. Only the standard library is used.
"""

import argparse
import json
import re
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

HERE = Path(__file__).resolve().parent
DATA = HERE.parent.parent / "client_regulation" / "data"

SIDES = ("entry", "exit")
ASPECTS = ("time", "quantity", "quality")
SUBJECTS = ("deal", "period", "event")
PERIODS = ("week", "month", "quarter")
GATES = ("inform", "warn", "block")
PROOF_KINDS = ("tick", "note", "file")
REASON_KINDS = ("waived", "hold", "any")
UNITS = ("wh", "wd", "cd")
START_EVENTS = (
    "period_start week_end month_end quarter_end assignment stage_entry "
    "first_conversation consent_to_meet meeting_start meeting_end offer_request "
    "offer_sent offer_accepted first_order deal_closed request_received "
    "promised_date shipment claim_received planned_contact_date abc_run_approved "
    "key_list_approved measure_due regulation_approved"
).split()

# These texts are printed in a document that a director signs: units in full.
UNIT_NAMES = {"wh": "working hour", "wd": "working day", "cd": "calendar day"}
EN_PHRASES = (
    (r"(\d+) (wh|wd|cd)\b", None),
    (r"after the quarter\b", "after the end of the quarter"),
)
RU_PHRASES = (
    (r"(?<=\d) ч\b", " рабочих часов"),
    (r"после квартала\b", "после окончания квартала"),
)
# What must not be left in a text anybody reads.
EN_FORBIDDEN = re.compile(
    r"\b(?:wh|wd|cd|pp|pcs|min|RACI|KAM|HOS|BANT)\b|[«»\"а-яА-ЯёЁ]|  "
)
RU_FORBIDDEN = re.compile(
    r"\b(?:ч|дн|мес|мин|раб|кал|KAM|ПДн|ЭП|ТЗ|wd|wh|cd)\b|[“”\"]|  "
    r"|[А-Яа-яё][A-Za-z]|[A-Za-z][А-Яа-яё]"
)


class Text(tuple):
    """A pair (English, Russian)."""

    __slots__ = ()

    def __new__(cls, en, ru):
        return super().__new__(cls, (en, ru))


def expand(en, ru):
    """Write out the units and shortened phrases of the domain texts."""

    def unit(match):
        plural = "" if match[1] == "1" else "s"
        return f"{match[1]} {UNIT_NAMES[match[2]]}{plural}"

    for pattern, replacement in EN_PHRASES:
        en = re.sub(pattern, replacement or unit, en)
    for pattern, replacement in RU_PHRASES:
        ru = re.sub(pattern, replacement, ru)
    return Text(en, ru)


def text_of(source, field, extra):
    """The text of a field: our own if there is one, else that of the domain."""
    if field in extra:
        return Text(*extra[field])
    if field == "name":
        return expand(source["en"], source["ru"])
    if f"{field}_en" in source:
        return expand(source[f"{field}_en"], source[f"{field}_ru"])
    return None


class Content:
    """Records of the shipped content, file by file, and their translations."""

    def __init__(self):
        self.files = {}  # file name -> (noupdate, lines)
        self.lines = None
        self.ids = {}  # xml id -> model
        self.translations = []

    def open(self, name, noupdate):
        self.lines = []
        self.files[name] = (noupdate, self.lines)

    def comment(self, text):
        self.lines += ["", f"    <!-- {text} -->"]

    def record(self, model, xmlid, **fields):
        """Add a record. The type of a value tells how the field is written."""
        assert xmlid not in self.ids, xmlid
        self.ids[xmlid] = model
        self.lines.append(f'    <record id="{xmlid}" model="{model}">')
        for name, value in fields.items():
            if value is None:
                continue
            if isinstance(value, Text):
                self.translate(model, name, xmlid, value)
                value = value[0]
            if isinstance(value, list):
                self.html(model, name, xmlid, value)
            elif name.endswith("_id") and isinstance(value, str):
                assert value in self.ids, f"{xmlid}: {value} is not defined yet"
                self.lines.append(f'        <field name="{name}" ref="{value}" />')
            elif isinstance(value, str):
                content = escape(value)
                self.lines.append(f'        <field name="{name}">{content}</field>')
            else:
                self.lines.append(f'        <field name="{name}" eval="{value!r}" />')
        self.lines.append("    </record>")

    def html(self, model, name, xmlid, blocks):
        """An html field: Odoo translates it term by term."""
        self.lines.append(f'        <field name="{name}" type="html">')
        for block in blocks:
            if isinstance(block, Text):
                self.translate(model, name, xmlid, block, term=True)
                self.lines.append(f"            <p>{block[0]}</p>")
                continue
            self.lines.append("            <ul>")
            for item in block:
                self.translate(model, name, xmlid, item, term=True)
                self.lines.append(f"                <li>{item[0]}</li>")
            self.lines.append("            </ul>")
        self.lines.append("        </field>")

    def translate(self, model, field, xmlid, text, term=False):
        entry = {"model": model, "field": field, "xmlid": xmlid}
        entry.update(en=text[0], ru=text[1])
        if term:
            entry["term"] = True
        self.translations.append(entry)

    def render(self):
        """The files to write, as {path: content}."""
        rendered = {}
        for name, (noupdate, lines) in self.files.items():
            body = "\n".join(lines).lstrip("\n")
            rendered[DATA / name] = (
                '<?xml version="1.0" encoding="utf-8" ?>\n'
                "<!-- Written by scripts/content/build_content.py: edit its texts,"
                " not this file. -->\n"
                f'<odoo noupdate="{int(noupdate)}">\n{body}\n</odoo>\n'
            )
        entries = ",\n".join(
            "  " + json.dumps(entry, ensure_ascii=False) for entry in self.translations
        )
        rendered[HERE / "ru.json"] = f"[\n{entries}\n]\n"
        return rendered


def slug(code):
    """A1.1 -> a1_1"""
    return code.lower().replace(".", "_")


def definition(item, language):
    """A term and its meaning, in one of the two languages."""
    return f"<b>{escape(item['term'][language])}</b> — {escape(item['text'][language])}"


def body_blocks(blocks, process):
    """Paragraphs as Text, lists as list of Text, both with escaped content."""
    result = []
    for block in blocks:
        if "p" in block:
            result.append(Text(*map(escape, block["p"])))
        elif "ul" in block:
            result.append([Text(*map(escape, item)) for item in block["ul"]])
        else:
            result.append(
                [
                    Text(definition(item, 0), definition(item, 1))
                    for item in block["terms"]
                    if process in item.get("in", [process])
                ]
            )
    return result


def add_roles(content, domain, extra):
    content.open("regulation_role_data.xml", noupdate=True)
    for number, role in enumerate(domain["roles"], 1):
        content.record(
            "regulation.role",
            f"role_{role['code'].lower()}",
            code=role["code"],
            name=Text(role["en"], role["ru"]),
            sequence=number * 10,
            resolve=extra["role_resolve"].get(role["code"], "assignment"),
        )


def add_regulation(content, regulation, domain, extra):
    process = regulation["process"]
    xmlid = f"regulation_{process}"
    content.open(f"{xmlid}_data.xml", noupdate=False)
    content.record(
        "regulation.regulation",
        xmlid,
        name=Text(*regulation["name"]),
        process=process,
        edition=1,
        state="template",
        company_id=False,
    )
    content.comment("General provisions")
    for number, code in enumerate(extra["provision_order"], 1):
        key = regulation["purpose"] if code == "purpose" else code
        provision = extra["provisions"][key]
        content.record(
            "regulation.provision",
            f"provision_{process}_{code}",
            regulation_id=xmlid,
            sequence=number * 10,
            code=code,
            name=Text(*provision["name"]),
            mandatory=True,
            body=body_blocks(provision["body"], process),
        )
    stages = [s for s in domain["stages"] if s["code"][0] == regulation["stages"]]
    for number, stage in enumerate(stages, 1):
        own = extra["stages"].get(stage["code"], {})
        add_stage(content, xmlid, number, stage, own)
        steps = [s for s in domain["steps"] if s["stage"] == stage["code"]]
        for position, step in enumerate(steps, 1):
            own = extra["steps"][step["code"]]
            add_step(content, f"stage_{slug(stage['code'])}", position, step, own)


def add_stage(content, regulation, number, stage, own):
    code = stage["code"]
    content.comment(f"Stage {code}")
    content.record(
        "regulation.stage",
        f"stage_{slug(code)}",
        regulation_id=regulation,
        code=code,
        sequence=number * 10,
        name=text_of(stage, "name", own),
        condition=text_of(stage, "condition", own),
    )
    for side in SIDES:
        for aspect in ASPECTS:
            if f"{side}_{aspect}" in own:
                name = Text(*own[f"{side}_{aspect}"])
            else:
                name = expand(stage[f"{side}_en"][aspect], stage[f"{side}_ru"][aspect])
            content.record(
                "regulation.indicator",
                f"indicator_{slug(code)}_{side}_{aspect}",
                stage_id=f"stage_{slug(code)}",
                side=side,
                aspect=aspect,
                name=name,
            )


def add_step(content, stage, position, step, own):
    code = step["code"]
    assert own["subject"] in SUBJECTS and own["gate"] in GATES, code
    assert own["proof_kind"] in PROOF_KINDS, code
    assert (own["subject"] == "period") == (own.get("period") in PERIODS), code
    assert own["subject"] == "deal" or own["gate"] == "inform", code
    assert step["unit"] in UNITS and step["start_event"] in START_EVENTS, code
    assert "receiver" not in own or own["subject"] == "event", code
    assert "receiver" not in own or "document" in own, code
    receiver = own.get("receiver")
    content.record(
        "regulation.step",
        f"step_{slug(code)}",
        stage_id=stage,
        subject=own["subject"],
        period=own.get("period"),
        code=code,
        sequence=position * 10,
        name=text_of(step, "name", own),
        requirement=text_of(step, "requirement", own),
        why=text_of(step, "why", own),
        role_id=f"role_{step['role'].lower()}",
        receiver_role_id=receiver and f"role_{receiver.lower()}",
        document=text_of(step, "document", own),
        deadline=float(step["deadline"]),
        deadline_unit=step["unit"],
        start_event=step["start_event"],
        proof=text_of(step, "proof", own),
        proof_kind=own["proof_kind"],
        quantity=text_of(step, "quantity", own),
        quality=text_of(step, "quality", own),
        check=own.get("check", "manual"),
        check_value=float(own["check_value"]) if "check_value" in own else None,
        gate=own["gate"],
    )


def add_reasons(content, extra):
    content.open("regulation_deviation_reason_data.xml", noupdate=True)
    for number, reason in enumerate(extra["deviation_reasons"], 1):
        assert reason["kind"] in REASON_KINDS, reason
        content.record(
            "regulation.deviation.reason",
            f"deviation_reason_{reason['slug']}",
            name=Text(*reason["name"]),
            sequence=number * 10,
            kind=reason["kind"],
        )


def problems(content, domain, extra):
    """What is wrong with the content, as a list of sentences."""
    found = []
    expected = {
        "regulation.role": 13,
        "regulation.regulation": 3,
        "regulation.provision": 24,
        "regulation.stage": 20,
        "regulation.indicator": 120,
        "regulation.step": 53,
        "regulation.deviation.reason": len(extra["deviation_reasons"]),
    }
    counts = Counter(content.ids.values())
    if counts != expected:
        found.append(f"records: {dict(counts)}, expected {expected}")
    for key, sources in (("steps", domain["steps"]), ("stages", domain["stages"])):
        unknown = set(extra[key]) - {source["code"] for source in sources}
        found += [f"steps_extra.json: unknown {key[:-1]} {code}" for code in unknown]
    russian = {}
    for entry in content.translations:
        place, en, ru = entry["xmlid"] + "." + entry["field"], entry["en"], entry["ru"]
        if russian.setdefault(en, ru) != ru:
            found.append(f"{place}: two translations of {en!r}")
        for text, forbidden in ((en, EN_FORBIDDEN), (ru, RU_FORBIDDEN)):
            plain = re.sub(r"</?b>", "", text)
            if not plain.strip() or plain != plain.strip():
                found.append(f"{place}: empty or padded text {text!r}")
            match = forbidden.search(plain)
            if match:
                found.append(f"{place}: {match[0]!r} in {text!r}")
        # the same numbers on both sides, in whatever order
        digits = [re.sub(r"(?<=\d)[.,](?=\d)", ".", text) for text in (en, ru)]
        numbers = [sorted(re.findall(r"\d+(?:\.\d+)?", text)) for text in digits]
        if numbers[0] != numbers[1]:
            found.append(f"{place}: numbers differ: {en!r} / {ru!r}")
    return found


def build():
    domain = json.loads((HERE / "default_regulation.json").read_text("utf-8"))
    extra = json.loads((HERE / "steps_extra.json").read_text("utf-8"))
    content = Content()
    add_roles(content, domain, extra)
    for regulation in extra["regulations"]:
        add_regulation(content, regulation, domain, extra)
    add_reasons(content, extra)
    found = problems(content, domain, extra)
    if found:
        sys.exit("\n".join(found))
    rendered = content.render()
    for path, text in rendered.items():
        if path.suffix == ".xml":
            ElementTree.fromstring(text.encode())
    return rendered


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args()
    stale = []
    for path, text in build().items():
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(path.name)
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    if options.check and stale:
        sys.exit("not up to date: " + ", ".join(stale))
    print("written: " + ", ".join(stale) if stale else "everything is up to date")


if __name__ == "__main__":
    main()
