#include "haul/base/hash.h"

#include <isa-l/crc.h>
#include <openssl/evp.h>
#include <xxhash.h>

#include <algorithm>

#include "haul/base/check.h"

namespace haul {

std::uint32_t crc32c(std::span<const std::byte> bytes) { return extend_crc32c(0, bytes); }

std::uint32_t extend_crc32c(std::uint32_t crc, std::span<const std::byte> bytes) {
  // ISA-L computes the raw register: the inversions before and after are RFC 3720's. It counts bytes in an
  // int.
  constexpr std::size_t kPieceMax = 1U << 30U;
  while (!bytes.empty()) {
    const auto piece = bytes.first(std::min(bytes.size(), kPieceMax));
    auto* data = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(piece.data()));  // ISA-L reads only
    crc = ~crc32_iscsi(data, static_cast<int>(piece.size()), ~crc);
    bytes = bytes.subspan(piece.size());
  }
  return crc;
}

std::uint64_t hash64(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

Hash128 hash128(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

struct Sha256::State {
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  HAUL_CHECK(EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) == 1, "OpenSSL has SHA-256");
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::span<const std::byte> bytes) {
  HAUL_CHECK(state_ != nullptr, "a finished SHA-256 takes no more bytes");
  HAUL_CHECK(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1,
             "hashing does not fail");
}

std::string Sha256::finish() {
  HAUL_CHECK(state_ != nullptr, "a SHA-256 is finished once");
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HAUL_CHECK(EVP_DigestFinal_ex(state_->context.get(), digest.data(), &size) == 1, "hashing does not fail");
  state_.reset();
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(std::size_t{size} * 2);
  for (unsigned int i = 0; i < size; ++i) {
    text += kDigits[digest[i] >> 4U];
    text += kDigits[digest[i] & 15U];
  }
  return text;
}

}  // namespace haul
