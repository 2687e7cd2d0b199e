"""From the text of a report to events: rules over tagged words, with the sentence each event rests on."""

from ingest.extraction.explain import explain
from ingest.extraction.extraction import Extraction, SentenceTrace
from ingest.extraction.extractor import Extractor

__all__ = ["Extraction", "Extractor", "SentenceTrace", "explain"]
