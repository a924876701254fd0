"""Pictures of files and entries: for those who may see what they show."""

import hashlib

from sqlalchemy import func, select

from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Missing
from hub.entries.models import Attachment, Entry, Preview
from hub.entries.queries.reading import LARGEST_ID
from hub.entries.queries.visibility import visible_to


def get_preview(actor: Actor, preview_id: int) -> Preview:
    """A picture of something the actor may see; raises Missing."""
    preview = None
    if 0 < preview_id <= LARGEST_ID:
        preview = db.session.scalar(
            select(Preview)
            .outerjoin(Attachment, Attachment.id == Preview.attachment_id)
            .join(Entry, Entry.id == func.coalesce(Preview.entry_id, Attachment.entry_id))
            .where(Preview.id == preview_id, Preview.checksum.is_not(None), visible_to(actor))
        )
    if preview is None:
        raise Missing
    return preview


def hash_address(address: str) -> str:
    """What a held picture is known by: an address may be long and stands in no link of ours."""
    return hashlib.sha256(address.encode()).hexdigest()


def find_held_picture(address_hash: str) -> Preview | None:
    """The picture of a link that belongs to no entry yet."""
    held = Preview.entry_id.is_(None) & Preview.checksum.is_not(None)
    return db.session.scalar(select(Preview).where(Preview.address_hash == address_hash, held))


def find_page_previews(attachment_id: int) -> dict[int, Preview]:
    """The pages of a file that were drawn, or were tried, by number."""
    rows = db.session.scalars(select(Preview).where(Preview.attachment_id == attachment_id))
    return {preview.page: preview for preview in rows}
