"""The core's table of imports: how far each file is done."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Column, MetaData, Named, String, Table, TypedColumns

from gateway.sql import Instant, iso_datetime_check

metadata: Final = MetaData()


class ImportedFileColumns(TypedColumns):
    """A file by its content: ``id`` is a hash of it and of the importer's name, so that a renamed file is the same file.

    ``records`` of it are done, ``refused`` of them; ``report_bytes`` of the report belong to these.
    """

    id = Column(String(64), primary_key=True)
    importer: Named[str] = Column(String(60))
    records: Named[int] = Column(BigInteger)
    refused: Named[int] = Column(BigInteger)
    report_bytes: Named[int] = Column(BigInteger)
    began_at: Named[dt.datetime] = Column(Instant)
    changed_at: Named[dt.datetime] = Column(Instant)
    finished_at: Named[dt.datetime | None] = Column(Instant)


imported_files = Table(
    "imports_file",
    metadata,
    ImportedFileColumns,
    CheckConstraint("refused >= 0 AND refused <= records", name="refused_are_among_records"),
    *(iso_datetime_check(column) for column in ("began_at", "changed_at", "finished_at")),
)
