#!/usr/bin/env bash
# podcastparser 0.6.11 (PyPI; gPodder reads feeds with it)
# The guess: the guid of an item is a string that the publisher chose, and what a parser gives for it is the same wherever the
# feed was fetched from: so it is what to know an episode by when a show moves to another host.
# What is seen: a guid that is not marked isPermaLink="false" (the attribute is optional, and true if left out) is resolved
# against the address of the feed: 1234 becomes http://old.example/1234 here and https://new.example/shows/1234 there, so
# the same feed at its new address holds new episodes only. It is given as the link of the episode too, where nothing is.
# Marked, or as a URN, it stays as it is.
# Exits 0 while that is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check podcastparser==0.6.11
venv/bin/python - <<'PYTHON'
import io
import podcastparser

print('podcastparser', podcastparser.__version__)
FEED = '''<?xml version="1.0"?><rss version="2.0"><channel><title>A show</title><link>http://old.example/</link>
<description>Of it</description><item><title>One</title>%s
<enclosure url="http://media.example/1.mp3" length="1000" type="audio/mpeg"/></item></channel></rss>'''
ADDRESSES = ('http://old.example/feed.xml', 'https://new.example/shows/feed.xml')


def guids(element):
    feeds = [podcastparser.parse(address, io.BytesIO((FEED % element).encode())) for address in ADDRESSES]
    found = [feed['episodes'][0]['guid'] for feed in feeds]
    print(element, *found)
    return found


assert guids('<guid>1234</guid>') == ['http://old.example/1234', 'https://new.example/shows/1234']
assert guids('<guid isPermaLink="false">1234</guid>') == ['1234', '1234']
assert guids('<guid>urn:example:1234</guid>') == ['urn:example:1234'] * 2
PYTHON
