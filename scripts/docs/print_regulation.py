"""Pictures of the printed regulation for docs/: `regulation_<lang>-<n>.png`.

    ./odoo shell -d demo --no-http < scripts/docs/print_regulation.py

A company of its own approves two editions of the attracting template on the given
database (both languages loaded); the signed file of the second becomes pictures,
and everything is rolled back. `env` is given by the shell. Needs pdftoppm (Debian:
poppler-utils).
"""

import io
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

from odoo.fields import Command

DOCS = Path.cwd() / "docs"
DPI = 70

STORIES = {
    "en_US": {
        "company": "Northern Brick Ltd",
        "city": "Leeds",
        "tz": "Europe/London",
        "number": "R-12",
        "team": "Industrial clients",
        "note": "Answers to offers came late: the deadline of step A6.2 is shortened.",
        "step": "Call the client on the day after the offer",
        "people": {
            "DIR": ("Anna Whitfield", "General director", "Management"),
            "HOS": ("Peter Marsh", "Head of sales", "Sales"),
            "SM": ("Olivia Grant", "Sales manager", "Sales"),
            "MKT": ("Daniel Price", "Marketing specialist", "Marketing"),
            "LEG": ("Helen Cross", "Lawyer", "Legal"),
            "SEC": ("George Hunt", "Security officer", "Security"),
        },
    },
    "ru_RU": {
        "company": "ООО «Северный кирпич»",
        "city": "Вологда",
        "tz": "Europe/Moscow",
        "number": "12-П",
        "team": "Промышленные клиенты",
        "note": "Ответы на КП приходили поздно: сокращён срок шага A6.2.",
        "step": "Позвонить клиенту на следующий день после отправки КП",
        "people": {
            "DIR": ("Соколова Анна Викторовна", "Генеральный директор", "Дирекция"),
            "HOS": ("Морозов Пётр Ильич", "Руководитель отдела продаж", "Отдел продаж"),
            "SM": ("Гранина Ольга Сергеевна", "Менеджер по продажам", "Отдел продаж"),
            "MKT": ("Ценин Даниил Олегович", "Маркетолог", "Маркетинг"),
            "LEG": ("Крестова Елена Павловна", "Юрист", "Юридический отдел"),
            "SEC": (
                "Охотников Георгий Львович",
                "Специалист по безопасности",
                "Служба безопасности",
            ),
        },
    },
}


def print_story(env, lang, story):
    """The signed file of the second edition of a company, as PDF."""
    company = env["res.company"].create(
        {"name": story["company"], "city": story["city"]}
    )
    company.resource_calendar_id.tz = story["tz"]
    env.user.company_ids = [Command.link(company.id)]
    env = env(context=dict(env.context, lang=lang, allowed_company_ids=company.ids))
    users = {
        code: create_person(env, company, code, *person, story["people"])
        for code, person in story["people"].items()
    }
    director = users["DIR"]
    director.group_ids = [
        Command.link(env.ref("client_regulation.client_regulation_group_owner").id)
    ]
    team = env["crm.team"].create(
        {
            "name": story["team"],
            "company_id": company.id,
            "user_id": users["HOS"].id,
            "crm_team_member_ids": [Command.create({"user_id": users["SM"].id})],
        }
    )
    template = env.ref("client_regulation.regulation_acquisition")
    owner = env(user=director, su=False)
    first = template.with_env(owner).copy(
        {
            "company_id": company.id,
            "owner_id": users["HOS"].id,
            "number": story["number"],
            "place": story["city"],
        }
    )
    first.scope_ids = [Command.create({"team_id": team.id})]
    first.action_approve()
    second = first._create_new_edition()
    second.write({"number": story["number"], "change_note": story["note"]})
    step = second.step_ids.filtered(lambda step: step.code == "A6.2")
    step.write({"name": story["step"], "deadline": 1})
    second.action_approve()
    printout = second.printout_ids.filtered(lambda file: file.lang == lang)
    return printout.sudo().attachment_id.raw


def create_person(env, company, code, name, job, department, people):
    departments = env["hr.department"]
    place = departments.search(
        [("name", "=", department), ("company_id", "=", company.id)], limit=1
    ) or departments.create({"name": department, "company_id": company.id})
    user = env["res.users"].create(
        {
            "name": name,
            "login": f"docs_{code}_{company.id}",
            "company_id": company.id,
            "company_ids": [Command.set(company.ids)],
        }
    )
    env["hr.employee"].create(
        {
            "name": name,
            "job_title": job,
            "user_id": user.id,
            "department_id": place.id,
            "company_id": company.id,
        }
    )
    role = env.ref(f"client_regulation.role_{code.lower()}")
    env["regulation.role.assignment"].create(
        {
            "role_id": role.id,
            "user_id": user.id,
            "company_id": company.id,
            "date_from": "2026-01-01",
        }
    )
    return user


def draw(content, lang):
    """Some pages of a PDF as small pictures."""
    short = lang[:2]
    for old in DOCS.glob(f"regulation_{short}-*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        pdf = Path(folder) / "document.pdf"
        pdf.write_bytes(content)
        subprocess.run(
            ["pdftoppm", "-r", str(DPI), "-gray", "-png", pdf, Path(folder) / "page"],
            check=True,
        )
        pages = sorted(Path(folder).glob("page-*.png"))
        # title, contents, provisions, two pages of stages; scheme, roles, sheet to sign
        chosen = pages[:3] + pages[4:6] + pages[-4:-2] + pages[-1:]
        for number, page in enumerate(chosen, start=1):
            picture = Image.open(io.BytesIO(page.read_bytes())).quantize(16)
            picture.save(DOCS / f"regulation_{short}-{number}.png", optimize=True)


def main(env):
    DOCS.mkdir(exist_ok=True)
    for lang, story in STORIES.items():
        content = print_story(env, lang, story)
        draw(content, lang)
    env.cr.rollback()


main(env)  # noqa: F821
