"""Reads X12 and EDIFACT the short way, to check what Haul writes: written apart from src/edi, on purpose."""


def segments(text: str) -> list[list[str]]:
    """Segments as lists of elements, the tag first."""
    if text.startswith("ISA"):
        end, element, release = text[105], text[3], None
    elif text.startswith("UNA"):
        end, element, release, text = text[8], text[4], text[6], text[9:]
    else:
        end, element, release = "'", "+", "?"
    found, parts, part = [], [], ""
    characters = iter(text)
    for c in characters:
        if c == release:
            part += next(characters)
        elif c == element:
            parts.append(part)
            part = ""
        elif c == end:
            found.append([*parts, part.strip("\r\n")])
            parts, part = [], ""
        else:
            part += c
    assert part.strip() == "", f"text behind the last segment: {part!r}"
    return found


def only(parts: list[list[str]], tag: str) -> list[str]:
    (found,) = [part for part in parts if part[0] == tag]
    return found


def check_997(text: str) -> list[list[str]]:
    """The segments of an interchange of 997s, after every count and control number was checked."""
    parts = segments(text)
    assert len(text.split("~")[0]) == 105, "an ISA has 106 bytes"
    assert [len(e) for e in parts[0][1:]] == [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1]
    groups = [i for i, part in enumerate(parts) if part[0] == "GS"]
    assert parts[-1] == ["IEA", str(len(groups)), parts[0][13]]
    for begin in groups:
        assert parts[begin][1] == "FA" and parts[begin + 1] == ["ST", "997", "0001"]
        end = next(i for i in range(begin, len(parts)) if parts[i][0] == "SE")
        assert parts[end] == ["SE", str(end - begin), "0001"]
        assert parts[end + 1] == ["GE", "1", parts[begin][6]]
        (ak9,) = [part for part in parts[begin:end] if part[0] == "AK9"]
        answers = [part[1] for part in parts[begin:end] if part[0] == "AK5"]
        assert int(ak9[3]) == len(answers)
        assert int(ak9[4]) == sum(answer in "AE" for answer in answers)
    return parts


def check_contrl(text: str) -> list[list[str]]:
    """The segments of a CONTRL, likewise."""
    parts = segments(text)
    begin = [part[0] for part in parts].index("UNH")
    assert parts[begin][2].startswith("CONTRL:")
    assert parts[-2] == ["UNT", str(len(parts) - begin - 1), parts[begin][1]]
    assert parts[-1] == ["UNZ", "1", parts[0][5]]
    return parts
