# SPDX-License-Identifier: Apache-2.0
"""NDR_TEST_LAKE=versitygw: these tests with their roots and logs on S3. versitygw keeps each object as a file, so the tests' temporary
folder is made a bucket: the tests look at files as ever, and the engine is told s3://... for them."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "s3"))
import roots    # noqa: E402
import servers  # noqa: E402

BUCKET = "lake"
ON_S3 = {"--root", "--input", "--raw-parsed-logs-prefix"}  # flags whose value may be either


class Lake:
    """`there`: arguments as the engine gets them; `here`: what it says, as it would of folders."""

    def __init__(self, folder, server):
        self._here, self._there, self._server = str(folder), f"s3://{BUCKET}", server
        (server.data / BUCKET).symlink_to(folder)
        self.environment = roots.environment(server.url, NDR_CACHE=str(server.data.parent / "cache"), NDR_CACHE_MIB="1024")

    def there(self, arguments):
        before = [None, *arguments]
        return [self._moved(str(argument)) if flag in ON_S3 else str(argument) for flag, argument in zip(before, arguments)]

    def _moved(self, path):
        inside = path == self._here or path.startswith(self._here + "/")
        return self._there + path[len(self._here):] if inside else path

    def here(self, text):
        return text.replace(self._there, self._here)

    def close(self):
        self._server.close()


def start(folder, own):
    """`folder` becomes the bucket; the server's files go into `own`."""
    return Lake(folder, servers.versitygw(own, links=True))
