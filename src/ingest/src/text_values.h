#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "haul/base/result.h"

namespace arrow {
class Decimal128;
}

namespace haul::ingest {

/// Values out of text, shared by all decoders, so that "12.50" is the same number in CSV and JSON.
/// Each function takes the whole text, says whether it is a value, and writes `*out` on success only. No
/// allocation.

/// An optional minus, digits, and perhaps a fraction of zeros ("5.0" is 5: spreadsheets and JavaScript write
/// it). False on overflow of 64 bits.
[[nodiscard]] bool parse_integer(std::string_view text, std::int64_t* out);
/// A decimal number with an optional exponent, correctly rounded. False for NaN, infinity, hexadecimal, a
/// plus sign and what overflows the type.
[[nodiscard]] bool parse_double(std::string_view text, double* out);
[[nodiscard]] bool parse_float(std::string_view text, float* out);
/// `text` scaled to decimal(precision, scale). False where digits would be lost or there are too many.
[[nodiscard]] bool parse_decimal(std::string_view text, std::int32_t precision, std::int32_t scale,
                                 arrow::Decimal128* out);
/// "true" or "false", or as PostgreSQL's COPY writes them "t" or "f", in any case.
[[nodiscard]] bool parse_boolean(std::string_view text, bool* out);
/// "2013-01-31": days since 1970-01-01.
[[nodiscard]] bool parse_date(std::string_view text, std::int32_t* out);
/// As try_parse_utc; a text without a zone is `offset_micros` ahead of UTC.
[[nodiscard]] bool parse_instant(std::string_view text, std::int64_t offset_micros, std::int64_t* out);
/// A wall-clock time: as try_parse_utc, but a zone makes it none.
[[nodiscard]] bool parse_local_time(std::string_view text, std::int64_t* out);

/// Whether `text` is a number by the grammar of RFC 8259, which is narrower than the functions above.
[[nodiscard]] bool is_json_number(std::string_view text);

/// How the bytes of a source encode text.
enum class Encoding : std::uint8_t { kUtf8, kLatin1, kWindows1252 };
/// "utf-8", "latin-1" or "windows-1252" (and "iso-8859-1", "cp1252"), in any case. kInvalidInput otherwise.
Result<Encoding> encoding_named(std::string_view name);
/// Appends `bytes` in UTF-8. Every byte of both one-byte encodings has a character (as in the WHATWG
/// standard).
void append_as_utf8(std::string_view bytes, Encoding encoding, std::string& text);

/// Microseconds that clocks at "UTC", "Z", "+02:00" or "-0530" are ahead. kInvalidInput otherwise.
Result<std::int64_t> offset_named(std::string_view name);

/// `value` for a message: in backquotes, at most 64 characters, bytes that are no UTF-8 and control
/// characters as "?".
[[nodiscard]] std::string quoted_value(std::string_view value);

}  // namespace haul::ingest
