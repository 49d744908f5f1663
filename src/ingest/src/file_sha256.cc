#include <vector>

#include "haul/base/hash.h"
#include "haul/ingest/topic_loader.h"

namespace haul::ingest {

Result<std::string> file_sha256(FileSystem& files, const Path& path) {
  HAUL_TRY(file, files.open_for_read(path));
  Sha256 hash;
  std::vector<std::byte> piece(1U << 20U);
  for (std::uint64_t offset = 0;;) {
    HAUL_TRY(got, file->read_at(offset, piece));
    hash.update(std::span(piece).first(got));
    offset += got;
    if (got < piece.size()) return hash.finish();
  }
}

}  // namespace haul::ingest
