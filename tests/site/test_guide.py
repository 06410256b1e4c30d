"""The guide, built beside the site by Sphinx, as `make site-test` says it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.site.files import Site, lost, read
from tests.site.test_pages import ALL

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not ALL, reason="`make site-test` builds the guide")


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("built")
    command = (sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html")
    built = (*command, "-d", folder / "trees", ROOT / "docs/guide", folder / "guide")
    done = subprocess.run(built, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return read(folder / "guide")


def test_every_link_of_the_guide_leads_somewhere(guide: Site) -> None:
    assert {
        page: found for page in guide.pages if (found := [*lost(guide, page, "https:")])
    } == {}


def test_signatures_lead_to_where_others_document_their_names(guide: Site) -> None:
    told = "".join(guide.pages.values())
    for name in ("numpy.ndarray", "collections.abc.Callable", "os.PathLike"):
        assert f'html#{name}" title="' in told
