"""What can go wrong in the knowledge base. Every message says what is wrong and what to do about it.

KnowledgeBaseError
├── IndexAbsent        nothing was ingested yet
├── IndexMismatch      the index was built with another embedding model, or by another version of this code
├── IndexDamaged       the catalog cannot be read
├── IndexBusy          another ingest holds the index for longer than the caller would wait
├── VectorsUnavailable the vectors cannot be read: the Chroma server is down, or the folder is damaged
└── ModelUnavailable   the embedding model cannot be loaded, or its weights are not the expected ones
"""

from __future__ import annotations


class KnowledgeBaseError(Exception):
    """Any error of the knowledge base; its message may be shown to the operator."""


class IndexAbsent(KnowledgeBaseError):
    """Nothing was ingested yet."""


class IndexMismatch(KnowledgeBaseError):
    """The index was built with another embedding model, or by another version of this code."""


class IndexDamaged(KnowledgeBaseError):
    """The catalog cannot be read."""


class IndexBusy(KnowledgeBaseError):
    """Another ingest holds the index."""


class VectorsUnavailable(KnowledgeBaseError):
    """The dense vectors cannot be read or written."""


class ModelUnavailable(KnowledgeBaseError):
    """The embedding model cannot be loaded."""
