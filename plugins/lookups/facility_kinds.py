"""The kinds of medical facilities that a person may be registered with or treated at."""

from __future__ import annotations

import enum
from typing import Final

from gateway.errors import Text


class FacilityKind(enum.Enum):
    """What sort of place a medical facility is, from the largest to the smallest."""

    GENERAL_HOSPITAL = "general_hospital"
    SPECIALISED_HOSPITAL = "specialised_hospital"
    HEALTH_CENTRE = "health_centre"
    CLINIC = "clinic"
    COMMUNE_STATION = "commune_station"

    @property
    def meaning(self) -> Text:
        """The kind in words."""
        return _MEANINGS[self]


_MEANINGS: Final = {
    FacilityKind.GENERAL_HOSPITAL: Text("Bệnh viện đa khoa", "General hospital"),
    FacilityKind.SPECIALISED_HOSPITAL: Text("Bệnh viện chuyên khoa", "Specialised hospital"),
    FacilityKind.HEALTH_CENTRE: Text("Trung tâm y tế", "District health centre"),
    FacilityKind.CLINIC: Text("Phòng khám đa khoa", "Clinic"),
    FacilityKind.COMMUNE_STATION: Text("Trạm y tế", "Commune health station"),
}
