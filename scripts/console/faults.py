"""What the operating system refused, in words that say which path and what to do."""

import errno
from difflib import get_close_matches
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)
BARRED = (errno.EACCES, errno.EPERM, errno.EROFS)


def tell_fault(error: OSError) -> str:
    """Say what was wrong with a path; other errors speak for themselves."""
    # Of a renaming, the second is the file that was asked for.
    name = error.filename2 or error.filename
    if not isinstance(name, str | bytes | Path):
        return _full("the disk") if error.errno in FULL else str(error)
    path = Path(name.decode() if isinstance(name, bytes) else name)
    file = next((p for p in (path, *path.parents) if p.is_file()), None)
    if error.errno in (errno.ENOTDIR, errno.EEXIST, errno.ENOENT) and file:
        return f"{file}: a file, where a folder is expected"
    if error.errno == errno.EISDIR or (error.errno == errno.ENOTEMPTY):
        return f"{path}: a folder, where a file is expected"
    if error.errno == errno.ENOENT:
        return f"{path}: no such file or folder{_near(path)}"
    if error.errno in FULL:
        return _full(str(path))
    if error.errno in BARRED:
        return f"{path}: not to be read or written here ({error.strerror})"
    return f"{path}: {error.strerror}"


def _full(where: str) -> str:
    return f"{where}: no space left; make room and run it again, nothing is half done"


def _near(path: Path) -> str:
    """What is there instead, by the first part of the path that is not."""
    parts = (path, *path.parents)
    missing = next((p for p in parts if p.parent.is_dir() and not p.exists()), None)
    if missing is None:
        return ""
    there = sorted(p.name for p in missing.parent.iterdir())
    near = get_close_matches(missing.name, there, 1)
    return f"; did you mean {missing.parent / near[0]}?" if near else ""
