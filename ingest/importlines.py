"""Importing our own JSON lines, and GDELT, which points at articles and is never an incident."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b

from conflict.events import ConflictEvent, EventData, Report
from conflict.jsonform import event_json
from ingest.importrun import BATCH, Counts, Run
from ingest.rowmaking import Made
from ingest.seen import SeenIds
from ingest.sources import gdelt
from ingest.sources.jsonl import DATA_SET, SitrepLines
from ingest.sources.rows import Rejection
from ingest.sources.tables import LONGEST_LINE
from storage.bulk import NewRow, held_at, prepare


class SitrepRun(Run):
    """Our own JSON lines."""

    data_set = DATA_SET

    def run(self) -> Counts:
        """Read all lines, batch by batch."""
        siting = self.tools.siting
        self._lines = SitrepLines(siting.place, siting.country_code, self.now())
        text = self.table.text()
        batch: list[tuple[int, str]] = []
        number = 0
        while line := text.readline(LONGEST_LINE):
            number += 1
            if line.strip():
                batch.append((number, line))
            if len(batch) >= BATCH:
                self._store(batch)
                batch = []
        self._store(batch)
        return self.counts

    def _store(self, batch: list[tuple[int, str]]) -> None:
        rejections: list[Rejection] = []
        arrived: dict[str, tuple[int, Report, ConflictEvent, bytes]] = {}
        for line, text in batch:
            read = self._lines.read(line, text)
            if isinstance(read, Rejection):
                rejections.append(replace(read, content=text.encode("utf-8", "replace").decode()))
                continue
            report, event = read
            if event.event_id in arrived:
                rejections.append(Rejection(line, f"event {event.event_id} stands twice in this file", None))
                continue
            arrived[event.event_id] = (line, report, event, blake2b(text.strip().encode(), digest_size=16).digest())
        with self.storage.begin() as unit:
            self.look_around(unit)
            stored = unit.bulk.stored([report.report_id for _, report, _, _ in arrived.values()])
            taken = unit.bulk.taken(list(arrived))
            held = {i: unit.events.get(i) for i in taken}
        new: list[Made] = []
        slow: list[str] = []
        for line, report, event, digest in arrived.values():
            here = held.get(event.event_id)
            known = stored.get(report.report_id)
            if (known and known.digest == digest) or (here and event_json(here) == event_json(event)):
                self.counts.read += 1
                self.counts.unchanged += 1
            elif here is not None or known is not None:
                # Ours has gone its own way; a file is no reason to undo what was decided here since.
                rejections.append(Rejection(line, f"event {event.event_id} is held already, in another revision"))
            elif self._neighbours.near(held_at(event.facts)):
                slow.append(event.event_id)
            else:
                row = NewRow(report, event, digest, "from an export")
                made = prepare(row, at=self.now(), dialect=self.storage.kind)
                new.append(Made(line, event.event_id, report.published_at, (), (), (), made))
        self.alone()
        if rejections:
            with self.storage.begin(write=True, again=True) as unit:
                self.reject(unit, rejections)
        new.sort(key=lambda row: row.new.near)
        late = self.write(new, self._progress)
        for event_id in (*slow, *(row.new.event_id for row in late)):
            _, report, event, digest = arrived[event_id]
            data = EventData(report.report_id, 0, event.facts, event.claims, event.episode, event.event_id)
            self.count(self.pipeline.take(report, [data]))
            with self.storage.begin(write=True) as unit:
                unit.bulk.mark_digest(report.report_id, digest)
        self._progress()

    def _progress(self) -> None:
        self.watcher.progress(self.counts, self.table.done())


class GdeltRun(Run):
    """GDELT: links kept aside, no events."""

    data_set = "gdelt"

    def run(self) -> Counts:
        """Keep each article once; every row is counted as rejected, with the same reason."""
        seen = SeenIds()
        batch: list[Rejection] = []
        lines = self.table.text()
        for number, text in enumerate(iter(lambda: lines.readline(LONGEST_LINE), ""), 1):
            row = gdelt.read_row(number, text.rstrip("\r\n").split("\t"))
            if isinstance(row, Rejection):
                batch.append(row)
            else:
                if seen.add(row.url):
                    self.counts.links += 1
                    kind = "violent" if row.violent else "other"
                    batch.append(Rejection(number, gdelt.REASON, f"{row.url} {row.country or '-'} {kind}"))
                else:
                    self.counts.read += 1
                    self.counts.rejected += 1
            if len(batch) >= BATCH:
                self._store(batch)
                batch = []
        self._store(batch)
        return self.counts

    def _store(self, batch: list[Rejection]) -> None:
        with self.storage.begin(write=True) as unit:
            self.reject(unit, batch, alike=gdelt.REASON)
        self.watcher.progress(self.counts, self.table.done())
