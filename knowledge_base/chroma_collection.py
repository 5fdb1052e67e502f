"""One Chroma collection of chunk vectors; the same layout in a folder and on a server.

The collection is in cosine space and holds chunk ids and vectors. Each has an empty text: the catalog has the
texts, and Chroma would index them a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from knowledge_base.passages import Scored, Vector
from knowledge_base.vectors import Batches

# Measured on 20,000 passages: 0.990 of the true 50 nearest are found, 0.982 of 100. Twice the ef_construction with an
# ef_search of 200 takes 1.6 times as long to build, finds 0.987 and 0.973, and is asked no faster.
_HNSW = {"space": "cosine", "max_neighbors": 32, "ef_construction": 100, "ef_search": 300}
_DELETE_BATCH = 500


class CollectionSearch:
    """A collection through langchain-chroma; raises where it is absent."""

    def __init__(self, client: Any, collection: str) -> None:
        from langchain_chroma import Chroma  # noqa: PLC0415 - takes more than a second to import

        self._store = Chroma(client=client, collection_name=collection, create_collection_if_not_exists=False)

    def search(self, vector: Vector, limit: int) -> list[Scored]:
        found = self._store.similarity_search_by_vector_with_relevance_scores(vector.tolist(), k=limit)
        return [Scored(str(document.id), 1.0 - distance) for document, distance in found]


def open_collection(client: Any, name: str, **settings: int) -> Any:
    """The collection of this name, made with the HNSW `settings` if it is not there."""
    configuration = {"hnsw": {**_HNSW, **settings}}
    return client.get_or_create_collection(name, embedding_function=None, configuration=configuration)


def apply_changes(collection: Any, added: Batches, removed: Sequence[str]) -> None:
    """Deletes, then adds; an id that is there already gets the new vector."""
    for start in range(0, len(removed), _DELETE_BATCH):
        collection.delete(ids=list(removed[start : start + _DELETE_BATCH]))
    for ids, vectors in added:
        collection.upsert(ids=ids, embeddings=vectors, documents=[""] * len(ids))
