"""All tables."""

from alembic import op

from tests.gateway.clinic.tables import metadata

revision = "clinic_0001"
down_revision = None
branch_labels = ("clinic",)
depends_on = None


def upgrade() -> None:
    """Make them."""
    metadata.create_all(op.get_bind())
