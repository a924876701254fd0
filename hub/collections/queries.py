"""Reading collections."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from hub.collections.models import Collection
from hub.core.db import db
from hub.core.errors import Missing


def find_collections() -> Sequence[Collection]:
    """All collections in their order, without sections."""
    return db.session.scalars(select(Collection).order_by(Collection.position, Collection.id)).all()


def find_collections_with_sections() -> Sequence[Collection]:
    """All collections in their order, sections loaded, in one statement."""
    rows = select(Collection).options(joinedload(Collection.sections)).order_by(Collection.position, Collection.id)
    return db.session.scalars(rows).unique().all()


def get_collection(slug: str) -> Collection:
    """A collection with its sections by its short address; raises Missing."""
    collection = db.session.scalar(
        select(Collection).where(Collection.slug == slug).options(selectinload(Collection.sections))
    )
    if collection is None:
        raise Missing
    return collection
