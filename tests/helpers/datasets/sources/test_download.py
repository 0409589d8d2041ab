"""Downloads, against a server on this machine that misbehaves: verified, from mirrors, once, and never half a file."""

import hashlib
import time
from pathlib import Path

import pooch
import pytest
from sample_site import CONTENT, MD5, NAME, SHA256, Site, files_in

from helpers.base.paths import cache_folder
from helpers.datasets import DataError
from helpers.datasets.sources import download
from helpers.datasets.sources.download import (
    MOST_REDIRECTS,
    TRIES_PER_ADDRESS,
    cached_path,
    fetch,
    offline,
    originals_folder,
    patience,
)

pytestmark = pytest.mark.usefixtures("folder")


@pytest.mark.parametrize("known", [SHA256, MD5])
def test_a_file_is_fetched_and_verified(site, folder, known):
    path = fetch(NAME, [site.address("good")], known)
    assert path == folder / NAME
    assert path.read_bytes() == CONTENT
    assert files_in(folder) == [NAME]
    assert site.asked == ["good"]


def test_a_name_may_have_folders(site, folder):
    assert fetch("set/1/a.csv", [site.address("good")], SHA256) == folder / "set" / "1" / "a.csv"


def test_a_second_call_asks_nobody(site):
    for _ in range(3):
        fetch(NAME, [site.address("good")], SHA256)
    assert site.asked == ["good"]


@pytest.mark.parametrize("known", [None, "", SHA256[7:], "md5:" + "0" * 64, SHA256.upper(), "crc32:00000000"])
def test_without_a_hash_nothing_is_fetched(site, known):
    with pytest.raises(ValueError, match=r"known_hash: expected md5:\.\.\. or sha256:"):
        fetch(NAME, [site.address("good")], known)
    assert site.asked == []


@pytest.mark.parametrize("page", ["other", "page", "empty"])
@pytest.mark.parametrize("known", [SHA256, MD5])
def test_content_with_another_hash_is_refused_and_not_kept(site, folder, page, known):
    with pytest.raises(DataError, match=f"{NAME}: expected a download with the hash {known}, found .*{page}: other"):
        fetch(NAME, [site.address(page)], known)
    assert files_in(folder) == []
    assert site.asked == [page], "what is wrong at an address stays wrong: there is no second try"


def test_wrong_bytes_on_the_mirror_too(site, folder):
    with pytest.raises(DataError) as caught:
        fetch(NAME, [site.address("other"), site.address("page")], SHA256)
    assert site.asked == ["other", "page"]
    assert caught.value.found.count("other content") == 2
    assert files_in(folder) == []


@pytest.mark.parametrize("first", ["missing", "broken", "cut", "other", "page", "loop", "forbidden"])
def test_a_mirror_takes_over(site, folder, first):
    path = fetch(NAME, [site.address(first), site.address("good")], SHA256)
    assert path.read_bytes() == CONTENT
    assert files_in(folder) == [NAME]
    assert site.asked[-1] == "good"
    assert site.asked.count("good") == 1


def test_a_server_that_is_not_there_is_passed_over(site):
    gone = Site()
    address = gone.address("good")
    gone.server_close()
    assert fetch(NAME, [address, site.address("good")], SHA256).read_bytes() == CONTENT
    with pytest.raises(DataError, match=f"{address}: no connection.*Without a network, put the original"):
        fetch("absent.npz", [address], SHA256)


@pytest.mark.parametrize(
    ("page", "reason"), [("missing", "answered 404 Not Found"), ("forbidden", "answered 403 Forb")]
)
def test_what_does_not_exist_is_asked_for_once(site, page, reason):
    with pytest.raises(DataError, match=reason):
        fetch(NAME, [site.address(page)], SHA256)
    assert site.asked == [page]


@pytest.mark.parametrize("page", ["broken", "cut", "busy"])
def test_what_may_pass_is_tried_several_times_and_named(site, folder, page):
    with pytest.raises(DataError) as caught:
        fetch(NAME, [site.address(page)], SHA256)
    assert site.asked == [page] * TRIES_PER_ADDRESS
    assert f"{site.address(page)}: " in caught.value.found
    assert f"({TRIES_PER_ADDRESS} tries)" in caught.value.found
    assert caught.value.where == NAME
    assert files_in(folder) == []


@pytest.mark.parametrize("page", ["broken", "cut", "busy"])
def test_a_passing_fault_is_got_over(site, folder, page):
    assert fetch(NAME, [site.address(f"recovers_from_{page}")], SHA256).read_bytes() == CONTENT
    assert len(site.asked) == 2
    assert files_in(folder) == [NAME]


def test_every_address_that_failed_is_named(site):
    with pytest.raises(DataError) as caught:
        fetch(NAME, [site.address("missing"), site.address("other")], SHA256)
    assert site.address("missing") in caught.value.found
    assert site.address("other") in caught.value.found


def test_a_redirection_is_followed(site):
    assert fetch(NAME, [site.address("elsewhere")], SHA256).read_bytes() == CONTENT
    assert site.asked == ["elsewhere", "good"]


def test_a_redirection_that_leads_back_ends(site, folder):
    with pytest.raises(DataError, match=f"sent us on more than {MOST_REDIRECTS} times"):
        fetch(NAME, [site.address("loop")], SHA256)
    assert len(site.asked) == MOST_REDIRECTS + 1
    assert files_in(folder) == []


@pytest.mark.parametrize("page", ["silent", "stalls"])
def test_a_server_that_says_nothing_is_given_up(site, folder, page, monkeypatch):
    monkeypatch.setattr(download, "SILENCE_SECONDS", 0.1)
    start = time.monotonic()
    with pytest.raises(DataError, match=r"too slow, or silent for 0\.1 s \(3 tries\)"):
        fetch(NAME, [site.address(page)], SHA256)
    assert time.monotonic() - start < 6
    assert files_in(folder) == []


@pytest.mark.parametrize("page", ["drips", "drips_its_header"])
def test_a_server_that_drips_is_given_up_in_the_time_stated(site, folder, page, monkeypatch):
    """It sends a byte every 20 ms and would take half an hour; no single read ever times out."""
    monkeypatch.setattr(download, "GRACE_SECONDS", 0.3)
    monkeypatch.setattr(download, "SLOWEST_BYTES_PER_SECOND", 1e9)
    start = time.monotonic()
    with pytest.raises(DataError, match=f"{page}: (too slow|not complete after 0 s)"):
        fetch(NAME, [site.address(page)], SHA256)
    assert 0.25 < time.monotonic() - start < 6
    assert files_in(folder) == []


def test_a_download_that_was_given_up_does_not_go_on(site, folder, monkeypatch):
    monkeypatch.setattr(download, "GRACE_SECONDS", 0.3)
    monkeypatch.setattr(download, "SLOWEST_BYTES_PER_SECOND", 1e12)
    with pytest.raises(DataError, match=r"slow: (too slow|not complete after 0 s)"):
        fetch(NAME, [site.address("slow")], SHA256, largest=10**9)
    assert site.hung_up.wait(5)
    assert files_in(folder) == []


def test_the_time_stated_grows_with_the_file():
    assert patience(0) == 120
    assert patience(200_000_000) == 120 + 1000


def test_a_body_without_end_is_cut_off(site, folder):
    with pytest.raises(DataError, match="endless: sent more than the file can have"):
        fetch(NAME, [site.address("endless")], SHA256, largest=1_000_000)
    assert site.hung_up.wait(5)
    assert site.asked == ["endless"]
    assert files_in(folder) == []


def test_asking_again_after_a_failure_works(site, folder):
    with pytest.raises(DataError):
        fetch(NAME, [site.address("recovers_from_other")], SHA256)
    site.healed = True
    assert fetch(NAME, [site.address("recovers_from_other")], SHA256).read_bytes() == CONTENT
    assert files_in(folder) == [NAME]


def test_offline_refuses_without_a_request(site, folder, monkeypatch):
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    message = (
        f"{NAME}: .*COURSE_OFFLINE forbids downloads, found none.*COURSE_DATA_DIR, or pass the path.*unset COURSE_OFF"
    )
    with pytest.raises(DataError, match=message):
        fetch(NAME, [site.address("good")], SHA256)
    assert site.asked == []
    assert not folder.exists()


@pytest.mark.parametrize(("value", "forbids"), [("1", True), ("yes", True), ("", False), ("0", False), (None, False)])
def test_what_counts_as_offline(monkeypatch, value, forbids):
    if value is not None:
        monkeypatch.setenv("COURSE_OFFLINE", value)
    assert offline() == forbids


def test_offline_uses_what_is_there(site, folder, monkeypatch):
    fetch(NAME, [site.address("good")], SHA256)
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    assert fetch(NAME, [site.address("good")], SHA256) == folder / NAME
    assert site.asked == ["good"]


def test_a_file_that_was_spoilt_in_the_cache_is_not_used(site, folder, monkeypatch):
    fetch(NAME, [site.address("good")], SHA256)
    (folder / NAME).write_bytes(CONTENT[:-1] + b"!")
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    with pytest.raises(DataError, match=r"found a damaged copy at .*cache/little\.npz"):
        fetch(NAME, [site.address("good")], SHA256)
    monkeypatch.delenv("COURSE_OFFLINE")
    assert fetch(NAME, [site.address("good")], SHA256).read_bytes() == CONTENT
    assert site.asked == ["good", "good"]
    assert files_in(folder) == [NAME]


@pytest.mark.parametrize("forbidden", ["1", "0"])
def test_an_original_is_used_where_it_lies(site, folder, originals, monkeypatch, forbidden):
    monkeypatch.setenv("COURSE_OFFLINE", forbidden)
    (originals / NAME).write_bytes(CONTENT)
    assert fetch(NAME, [site.address("good")], SHA256) == originals / NAME
    assert site.asked == []
    assert files_in(originals) == [NAME]
    assert not folder.exists()


@pytest.mark.parametrize("also_in_the_cache", [True, False])
def test_another_file_among_the_originals_is_never_used_by_name(site, originals, monkeypatch, also_in_the_cache):
    if also_in_the_cache:
        fetch(NAME, [site.address("good")], SHA256)
    changed = CONTENT[:-1] + b"!"
    (originals / NAME).write_bytes(changed)
    site.asked.clear()
    with pytest.raises(DataError) as caught:
        fetch(NAME, [site.address("good")], SHA256)
    message = str(caught.value)
    assert f"the original, whose SHA256 is {SHA256[7:]}, found {hashlib.sha256(changed).hexdigest()}" in message
    assert "Pass its path outright to use it all the same" in message
    assert site.asked == []
    assert (originals / NAME).read_bytes() == changed


def test_what_the_originals_lack_goes_to_the_cache(site, folder, originals):
    assert fetch(NAME, [site.address("good")], SHA256) == folder / NAME
    assert files_in(originals) == []


def test_a_folder_of_originals_that_is_none_is_named(site, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "misspelt"))
    with pytest.raises(DataError, match=r"COURSE_DATA_DIR: expected a folder of originals, found .*misspelt"):
        fetch(NAME, [site.address("good")], SHA256)
    assert site.asked == []


def test_where_a_file_lies(folder, originals):
    assert cached_path(NAME) is None
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(b"anything")
    assert cached_path(NAME) == folder / NAME
    (originals / NAME).write_bytes(b"anything")
    assert cached_path(NAME) == originals / NAME


def test_the_cache_folder_is_the_named_one_or_the_users(folder, monkeypatch):
    assert cache_folder() == folder
    for nothing in ("", None):
        if nothing is None:
            monkeypatch.delenv("COURSE_CACHE_DIR")
        else:
            monkeypatch.setenv("COURSE_CACHE_DIR", nothing)
        assert cache_folder() == Path(pooch.os_cache("deep-learning-in-healthcare"))


def test_no_folder_of_originals_where_none_is_named(monkeypatch):
    assert originals_folder() is None
    monkeypatch.setenv("COURSE_DATA_DIR", "")
    assert originals_folder() is None
