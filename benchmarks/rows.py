"""The benchmark's rows as SQL for PostgreSQL: one statement a table, whose parameters are the indexes of some people.

Every value follows from the index ``i`` of a participant. Lists are written ordinal by ordinal, so that a person's rows lie
as far apart as if they had come in over the years.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from benchmarks.population import (
    ENTITLEMENTS,
    FACILITIES,
    HOSPITAL_SCOPES,
    LONG_RECORD,
    TOKEN_LENGTH,
    USUAL_RECORD,
)

FAMILIES: Final = "Nguyễn Trần Lê Phạm Phan Huỳnh Hoàng Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương".split()
GIVEN: Final = (
    "An Bình Châu Dũng Giang Hà Hạnh Hùng Lan Liên Mai Nam Ngọc Phúc Quân Sơn Tâm Thảo Trang Tuấn".split()
)
POSITIONS: Final = ("Công nhân", "Kế toán", "Kỹ sư", "Lái xe", "Tổ trưởng", "Nhân viên văn phòng", "Thủ kho")
BENEFITS: Final = ("Khám bệnh, chữa bệnh bảo hiểm y tế", "Trợ cấp thất nghiệp", "Bảo hiểm xã hội một lần")
EMPLOYERS: Final = tuple(
    f"Công ty {form} {trade} {place}"
    for form in ("TNHH", "cổ phần")
    for trade in ("May mặc", "Thủy sản", "Vận tải", "Xây dựng", "Cơ khí")
    for place in ("An Phú", "Bình Minh", "Đại Thành", "Hưng Thịnh", "Tân Lập")
)


def _one_of(values: Sequence[str], number: str) -> str:
    """SQL for the value at a place that is reckoned, and wraps around."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"(ARRAY[{listed}])[({number}) % {len(values)} + 1]"


PARTICIPANT: Final = "md5('participant ' || i)"
PEOPLE: Final = f"""
INSERT INTO accounts_participant (id, social_security_code, full_name, birth_date, birth_date_precision, sex)
SELECT {PARTICIPANT}, '00' || lpad(i::text, 8, '0'),
  {_one_of(FAMILIES, "i")} || ' Minh ' || {_one_of(GIVEN, "i / 7")},
  CASE WHEN i % 33 = 0 THEN make_date(1940 + i % 20, 1, 1) ELSE DATE '1945-01-01' + (i::bigint * 7919 % 25000)::integer END,
  CASE WHEN i % 33 = 0 THEN 'YEAR' ELSE 'DAY' END, CASE WHEN i % 2 = 0 THEN 'MALE' ELSE 'FEMALE' END
FROM generate_series(1, $1::integer) AS i
"""  # noqa: S608  the values are written above

SESSIONS: Final = f"""
INSERT INTO accounts_session
  (id, token_hash, audience, subject, scopes, claims, idle_seconds, created_at, seen_at, expires_at)
SELECT md5('session ' || i), encode(sha256(('vss_' || lpad(i::text, {TOKEN_LENGTH}, '0'))::bytea), 'hex'),
  'PARTICIPANT', {PARTICIPANT}, '', '{{}}', 2592000, now(), now() + INTERVAL '12 hours', now() + INTERVAL '90 days'
FROM generate_series(1, $1::integer) AS i
"""  # noqa: S608

HOSPITAL_SESSION: Final = f"""
INSERT INTO accounts_session
  (id, token_hash, audience, subject, scopes, claims, idle_seconds, created_at, seen_at, expires_at)
SELECT md5('hospital'), encode(sha256($1::text::bytea), 'hex'),
  'HOSPITAL', '01001', '{HOSPITAL_SCOPES}', '{{}}', NULL, now(), now() + INTERVAL '12 hours', now() + INTERVAL '90 days'
"""

CARDS: Final = f"""
INSERT INTO hi_card_card
  (id, participant_id, number, active_number, current_for, object_code, benefit_level, valid_from, valid_to,
   facility_code, five_year_date, living_area, place_of_issue, state, issued_on)
SELECT md5('card ' || i), {PARTICIPANT}, number, number, {PARTICIPANT},
  {_one_of(("DN", "GD", "HC", "TE", "HS"), "i")}, 1 + i % 5, first_day, first_day + 1826,
  registered.code, CASE WHEN i % 4 = 0 THEN NULL ELSE first_day + 1000 END, CASE WHEN i % 20 = 0 THEN 'K1' END,
  'Bảo hiểm xã hội tỉnh ' || lookups_province.name, CASE WHEN i % 10 = 0 THEN 'EXPIRED' ELSE 'ACTIVE' END, first_day - 10
FROM generate_series(1, $1::integer) AS i
CROSS JOIN LATERAL (SELECT '00' || lpad(i::text, 8, '0') AS number, DATE '2021-01-01' + i % 1500 AS first_day) AS made
JOIN (SELECT code, province_key, row_number() OVER (ORDER BY code) - 1 AS place FROM lookups_facility) AS registered
  ON registered.place = i::bigint * 7919 % {FACILITIES}
JOIN lookups_province ON lookups_province.key = registered.province_key
"""  # noqa: S608

PARTICIPATIONS: Final = f"""
INSERT INTO records_participation
  (id, participant_id, scheme, valid_from, valid_to, employer, position, salary, contribution, agency)
SELECT 'period-' || n || '-' || i, {PARTICIPANT},
  {_one_of(("COMPULSORY", "COMPULSORY", "VOLUNTARY", "UNEMPLOYMENT"), "i + n")},
  first_day, CASE WHEN n < last THEN first_day + 179 END, {_one_of(EMPLOYERS, "i + n / 4")}, {_one_of(POSITIONS, "i + n / 8")},
  salary, salary * 8 / 100,
  'Bảo hiểm xã hội ' || {_one_of(("quận", "huyện", "thành phố"), "i")} || ' ' || {_one_of(GIVEN, "i + n / 5")}
FROM generate_series(1, {LONG_RECORD}) AS n
CROSS JOIN generate_series(1, $1::integer) AS i
CROSS JOIN LATERAL (
  SELECT CASE WHEN i = ANY ($2::integer[]) THEN {LONG_RECORD} ELSE {USUAL_RECORD} END AS last,
    DATE '2009-01-01' + n * 180 + i % 90 AS first_day, (4000000 + (i::bigint * 31 + n * 17) % 150 * 100000) AS salary
) AS made
WHERE n <= last
"""  # noqa: S608

ENTITLED: Final = f"""
INSERT INTO records_entitlement (id, participant_id, name, amount, valid_from, valid_to)
SELECT 'claim-' || n || '-' || i, {PARTICIPANT}, {_one_of(BENEFITS, "n")}, (i::bigint % 90 + n) * 50000,
  DATE '2024-01-01' + n * 31 + i % 28, CASE WHEN n = 2 THEN DATE '2026-12-31' END
FROM generate_series(1, {ENTITLEMENTS}) AS n
CROSS JOIN generate_series(1, $1::integer) AS i
"""  # noqa: S608
