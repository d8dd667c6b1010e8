"""`/profiles`: the profiles of the worktree, or of a revision."""

from __future__ import annotations

from litestar import get

from vmgit.documents import ProfileCheckDocument, ProfileDocument, ProfileSummaryDocument
from vmgit.server.parameters import Effective, ProfileName, Rev, TheService


@get("/profiles", sync_to_thread=True, summary="List profiles")
def list_profiles(service: TheService, rev: Rev = None) -> list[ProfileSummaryDocument]:
    """List all profiles by name; one that is bad has its `error`."""
    return service.api.profiles.list(rev=rev)


@get("/profiles/{profile:str}", sync_to_thread=True, summary="Show a profile")
def get_profile(
    service: TheService, profile: ProfileName, rev: Rev = None, effective: Effective = False
) -> ProfileDocument:
    """Show what a profile's file sets, or with `effective` what a session runs with."""
    return service.api.profiles.get(profile, rev=rev, effective=effective)


@get("/profiles/{profile:str}/check", sync_to_thread=True, summary="Check a profile")
def check_profile(
    service: TheService, profile: ProfileName, rev: Rev = None
) -> ProfileCheckDocument:
    """Tell everything that is wrong with a profile."""
    return service.api.profiles.check(profile, rev=rev)[0]


@get("/profile-checks", sync_to_thread=True, summary="Check all profiles")
def check_profiles(service: TheService, rev: Rev = None) -> list[ProfileCheckDocument]:
    """Tell everything that is wrong with each profile."""
    return service.api.profiles.check(rev=rev)


ROUTES = [list_profiles, get_profile, check_profile, check_profiles]
