"""Directors from an organogram: each row of the file read, judged and told apart, before anything is recorded."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

COLUMNS = ("organisation", "post_ref", "grade", "job_title")
"""Without these columns a file is not an organogram."""
TOP = ("", "XX")
"""What organograms write in `reports_to` for somebody at the top."""
LARGEST = 50 * 1024 * 1024
"""Bytes of a file; no organogram comes near."""
LONGEST_FIELD = 20_000  # characters; the longest remit ever published has about 2,000


class Unreadable(Exception):
    """A file nothing is imported from; one sentence that says what would be right."""


@dataclass(frozen=True)
class Post:
    """One person's post. `share` counts the job shares of a post: 0 is the first to be listed."""

    row: int
    organisation: str
    post_ref: str
    share: int
    title: str
    remit: str
    department: str | None
    profession: str | None
    reports_to: str | None

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells this post from every other, in this file and the next."""
        return (self.organisation, self.post_ref, str(self.share))


@dataclass
class Read:
    """What was found in a file: the posts to import, what was left out and why, what is wrong, row by row."""

    posts: list[Post] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    problems: list[tuple[int, str]] = field(default_factory=list)
    managers: dict[tuple[str, str], str] = field(default_factory=dict)

    def lines(self) -> dict[int, tuple[str, str, str]]:
        """By row, the nearest post above that somebody is imported for: a line goes on past posts that nobody holds."""
        first = {(each.organisation, each.post_ref): each.key for each in reversed(self.posts)}
        above_of: dict[int, tuple[str, str, str]] = {}
        for post in self.posts:
            walked, above = {post.post_ref}, post.reports_to or ""
            while above not in walked and (post.organisation, above) not in first:
                walked.add(above)
                above = self.managers.get((post.organisation, above), "")
            if above not in walked:
                above_of[post.row] = first[post.organisation, above]
        return above_of


def rows_of(content: bytes, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str], str | None]]:
    """Every row after the heading as (number from 1, fields without stray spaces, what is wrong with it or None).

    Unreadable when the file is not a CSV in UTF-8 with those columns, or larger than any should be."""
    if len(content) > LARGEST:
        raise Unreadable(f"The file has more than {LARGEST // 1024**2} MB: split it, and import the parts.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"The file is not UTF-8 (line {line}): save it as UTF-8 and try again.") from None
    if "\0" in text:
        raise Unreadable("The file has NUL characters in it and is no CSV file: export it again as CSV in UTF-8.")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    try:
        heading = [name.strip().lower() for name in next(reader, [])]
        if missing := [name for name in columns if name not in heading]:
            raise Unreadable(f"The file has no column {', '.join(missing)}: its first line should name the columns.")
        if doubled := [name for name, count in Counter(heading).items() if count > 1 and name in columns]:
            raise Unreadable(f"The column {doubled[0]} stands twice in the first line: keep one.")
        for number, cells in enumerate(filter(None, reader), start=1):
            yield (
                number,
                {name: _tidy(cell) for name, cell in zip(heading, cells, strict=False)},
                _misfit(heading, cells),
            )
    except csv.Error as error:
        raise Unreadable(f"The file stops being CSV after row {number}: {error}.") from None


def read_posts(content: bytes, grade: str) -> Read:
    """The posts of one grade that somebody holds. Vacant and eliminated posts are skipped; a second row for the same
    (organisation, post_ref) is a job share where its `fte` differs, else a duplicate."""
    found = Read()
    shares: dict[tuple[str, str], list[str]] = {}
    lines: dict[int, str] = {}
    for number, row, wrong in rows_of(content, COLUMNS):
        if wrong is None:
            wrong = next((f"the column {name} is empty" for name in COLUMNS if not row[name] and name != "grade"), None)
        if wrong:
            found.problems.append((number, f"{wrong[0].upper()}{wrong[1:]}, so this row was not imported."))
            continue
        place = (row["organisation"], row["post_ref"])
        lines[number] = row.get("reports_to", "")
        found.managers.setdefault(place, lines[number])
        if reason := _left_out(row, grade):
            found.skipped[reason] += 1
            continue
        listed = shares.setdefault(place, [])
        share = _share(row.get("fte", ""))
        if share in listed:
            found.skipped["duplicate"] += 1
            found.problems.append((number, f"A second row for post {place[1]} of {place[0]}: imported once."))
            continue
        listed.append(share)
        found.posts.append(_post(number, row, share=len(listed) - 1))
    found.problems.extend(_broken_lines(lines, found))
    found.problems.sort()
    return found


def _tidy(cell: str) -> str:
    return " ".join(cell.replace("\N{NO-BREAK SPACE}", " ").split()) if cell.strip() else ""


def _misfit(heading: list[str], cells: list[str]) -> str | None:
    if len(cells) != len(heading):
        return f"it has {len(cells)} fields where the first line names {len(heading)}"
    if any(len(cell) > LONGEST_FIELD for cell in cells):
        return f"a field is longer than {LONGEST_FIELD:,} characters"
    return None


def _left_out(row: dict[str, str], grade: str) -> str | None:
    """Why nobody is imported from this row, if so."""
    if row["grade"].upper() != grade.upper():
        return "another grade"
    holder = row.get("holder", "").lower()
    if holder in ("vacant", "eliminated"):
        return holder
    return None


def _post(number: int, row: dict[str, str], share: int) -> Post:
    reports_to = row.get("reports_to", "")
    return Post(
        row=number,
        organisation=row["organisation"],
        post_ref=row["post_ref"],
        share=share,
        title=row["job_title"],
        remit=row.get("function", ""),
        department=row.get("parent_department") or None,
        profession=row.get("profession") or None,
        reports_to=None if reports_to.upper() in TOP or reports_to == row["post_ref"] else reports_to,
    )


def _share(fte: str) -> str:
    """The share of a week as a number, however it is written: 1 is 1.0."""
    try:
        return str(float(fte))
    except ValueError:
        return fte


def _broken_lines(lines: dict[int, str], found: Read) -> Iterator[tuple[int, str]]:
    """Reporting lines that cannot be: to oneself, round in a circle, or into one. A manager outside the file is nothing
    wrong: files are cut by grade."""
    for post in found.posts:
        walked, above = [post.post_ref], lines[post.row]
        if above == post.post_ref:
            yield post.row, f"Post {post.post_ref} reports to itself: imported without a manager."
            continue
        while above not in walked and (post.organisation, above) in found.managers:
            walked.append(above)
            above = found.managers[post.organisation, above]
        if above in walked:
            turn = "goes round in" if above == post.post_ref else "runs into"
            circle = " → ".join([*walked, above])
            yield post.row, f"The reporting line {turn} a circle ({circle}): imported as it stands."
