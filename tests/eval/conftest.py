import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpus():
    """The folder of shared corpora, laid out as corpus/, gold/, messy/, qa/; tests that need it skip without it."""
    folder = os.environ.get("REPORT_QA_CORPUS")
    if not folder:
        pytest.skip("REPORT_QA_CORPUS is not set: the shared corpora are not here")
    return Path(folder)
