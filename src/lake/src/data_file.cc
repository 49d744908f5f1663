#include "haul/lake/data_file.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "haul/base/hash.h"

namespace haul::lake {
namespace {

constexpr std::string_view kPrefix = "part-";
constexpr std::string_view kSuffix = ".zstd.parquet";
constexpr std::size_t kHexDigits = 8;
constexpr std::size_t kReadBytes = 1U << 20U;

Result<std::uint32_t> crc32c_of(FileSystem& files, const Path& path) {
  HAUL_TRY(file, files.open_for_read(path));
  std::vector<std::byte> buffer(kReadBytes);
  std::uint32_t crc = 0;
  for (std::uint64_t at = 0;;) {
    HAUL_TRY(got, file->read_at(at, buffer));
    crc = extend_crc32c(crc, std::span(buffer).first(got));
    if (got < buffer.size()) return crc;
    at += got;
  }
}

}  // namespace

std::string data_file_name(std::string_view uuid, std::uint32_t crc32c) {
  return fmt::format("{}{}.{:08x}{}", kPrefix, uuid, crc32c, kSuffix);
}

std::optional<std::uint32_t> named_crc32c(std::string_view file_name) {
  if (!file_name.starts_with(kPrefix) || !file_name.ends_with(kSuffix)) return std::nullopt;
  file_name.remove_suffix(kSuffix.size());
  if (file_name.size() < kPrefix.size() + kHexDigits + 1) return std::nullopt;
  const std::string_view digits = file_name.substr(file_name.size() - kHexDigits);
  if (file_name[file_name.size() - kHexDigits - 1] != '.') return std::nullopt;
  std::uint32_t crc = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), crc, 16);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return crc;
}

Result<void> verify_data_file(FileSystem& files, const Path& file) {
  const auto expected = named_crc32c(file.filename().string());
  if (!expected) {
    HAUL_TRY_VOID(files.info(file));
    return {};
  }
  HAUL_TRY(actual, crc32c_of(files, file));
  if (actual == *expected) return {};
  return fail(
      ErrorCode::kCorrupt,
      fmt::format("{} has CRC32C {:08x}, its name says {:08x}: restore the file from a copy, or roll the "
                  "table back to a version without it",
                  file.string(), actual, *expected));
}

Result<void> DataFileVerifier::verify(const Path& file) {
  HAUL_TRY(info, files_.info(file));
  const Identity identity{info.bytes, info.modified_ns, info.inode};
  {
    const std::lock_guard lock(mutex_);
    const auto known = good_.find(file);
    if (known != good_.end() && known->second == identity) return {};
  }
  HAUL_TRY_VOID(verify_data_file(files_, file));
  const std::lock_guard lock(mutex_);
  good_[file] = identity;
  return {};
}

}  // namespace haul::lake
