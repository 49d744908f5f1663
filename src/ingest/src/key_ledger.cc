#include "haul/ingest/key_ledger.h"

#include <fmt/format.h>

#include <algorithm>

#include "haul/base/check.h"
#include "key_run.h"
#include "key_set.h"

namespace haul::ingest {
namespace {

constexpr int kBits = 6;  // of the hash, for each level of partitions
constexpr std::size_t kPartitions = std::size_t{1} << kBits;
constexpr int kLevelMax = 64 / kBits - 1;
constexpr std::size_t kAhead = 16;  // keys between a prefetch and its use
constexpr std::uint64_t kMemoryMin = 65'536;

/// The table of a partition uses the low half of the hash, so that the high half is free for this.
std::size_t partition_of(Hash128 key, int level) {
  return static_cast<std::size_t>(key.high >> (64 - kBits * (level + 1))) & (kPartitions - 1);
}

}  // namespace

/// Keys with the same first bits: in memory, or, once memory was short, in a file.
struct KeyLedger::Partition {
  KeySet keys;
  std::unique_ptr<Run> run;
};

KeyLedger::KeyLedger(FileSystem& files, KeyRule rule, KeyLedgerOptions options)
    : files_(files), rule_(rule), options_(std::move(options)) {
  const std::uint64_t memory = std::max(options_.memory_bytes, kMemoryMin);
  constexpr std::uint64_t kBufferRecordsMax = 4096;
  constexpr std::uint64_t kBytesPerRecord = kPartitions * sizeof(KeyRecord);  // every partition has a buffer
  buffer_records_ = std::min(kBufferRecordsMax, memory / 4 / kBytesPerRecord);
  table_bytes_max_ = memory - buffer_records_ * kBytesPerRecord;
  for (std::size_t number = 0; number < kPartitions; ++number) {
    partitions_.push_back(std::make_unique<Partition>());
  }
}

KeyLedger::~KeyLedger() = default;

std::unique_ptr<KeyLedger::Run> KeyLedger::new_run() {
  return std::make_unique<Run>(files_,
                               options_.folder / fmt::format("{}-{}.keys", options_.name, next_run_++),
                               buffer_records_, spilled_bytes_);
}

/// Called where the partition's table is full: after it, the table may grow or the partition has a run.
Result<void> KeyLedger::make_room(Partition& partition) {
  const std::uint64_t now = partition.keys.memory_bytes();
  const std::uint64_t grown = partition.keys.grown_bytes();
  if (memory_bytes_ + grown <= table_bytes_max_) {  // both tables exist while keys move
    memory_bytes_ += grown - now;
    return {};
  }
  partition.run = new_run();
  Result<void> done;
  partition.keys.for_each([&](Hash128 key) {
    if (done) done = partition.run->append({key, kKnownKey});
  });
  memory_bytes_ -= now;
  partition.keys = KeySet();
  return done;
}

Result<void> KeyLedger::add_known(std::span<const Hash128> keys) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i + kAhead < keys.size()) {
      partitions_[partition_of(keys[i + kAhead], 0)]->keys.prefetch(keys[i + kAhead]);
    }
    Partition& partition = *partitions_[partition_of(keys[i], 0)];
    if (partition.run == nullptr && partition.keys.is_full()) HAUL_TRY_VOID(make_room(partition));
    if (partition.run != nullptr) {
      HAUL_TRY_VOID(partition.run->append({keys[i], kKnownKey}));
    } else {
      partition.keys.insert(keys[i]);
    }
  }
  return {};
}

Result<void> KeyLedger::check(std::span<const Hash128> keys, std::span<const std::uint64_t> rows,
                              std::vector<std::uint64_t>& broken) {
  HAUL_CHECK(keys.size() == rows.size(), "every key has its row");
  const bool unique = rule_ == KeyRule::kUnique;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i + kAhead < keys.size()) {
      partitions_[partition_of(keys[i + kAhead], 0)]->keys.prefetch(keys[i + kAhead]);
    }
    Partition& partition = *partitions_[partition_of(keys[i], 0)];
    if (unique && partition.run == nullptr && partition.keys.is_full()) HAUL_TRY_VOID(make_room(partition));
    if (partition.run != nullptr) {
      HAUL_TRY_VOID(partition.run->append({keys[i], rows[i]}));
    } else if (unique ? !partition.keys.insert(keys[i]) : !partition.keys.contains(keys[i])) {
      broken.push_back(rows[i]);
    }
  }
  return {};
}

Result<void> KeyLedger::finish(RowSet& broken) {
  for (const auto& partition : partitions_) partition->keys = KeySet();
  memory_bytes_ = 0;
  for (const auto& partition : partitions_) {
    if (partition->run == nullptr) continue;
    HAUL_TRY_VOID(resolve(*partition->run, 1, broken));
    partition->run.reset();
  }
  return {};
}

Result<void> KeyLedger::resolve(Run& run, int level, RowSet& broken) {
  HAUL_TRY(fitted, resolve_in_memory(run, level > kLevelMax, broken));
  return fitted ? Result<void>() : resolve_in_parts(run, level, broken);
}

/// False where the keys do not fit; rows that were found until then stay found, for they are.
Result<bool> KeyLedger::resolve_in_memory(const Run& run, bool must_fit, RowSet& broken) {
  KeySet keys;
  bool fits = true;
  auto read = run.read([&](std::span<const KeyRecord> records) -> Result<bool> {
    for (const KeyRecord& record : records) {
      const bool adds = rule_ == KeyRule::kUnique || record.row == kKnownKey;
      if (adds && keys.is_full() && !must_fit &&
          keys.memory_bytes() + keys.grown_bytes() > table_bytes_max_) {
        fits = false;
        return false;
      }
      const bool is_there = adds ? !keys.insert(record.key) : keys.contains(record.key);
      if (record.row != kKnownKey && is_there == (rule_ == KeyRule::kUnique)) broken.insert(record.row);
    }
    return true;
  });
  if (!read) return fail(std::move(read).error());
  return fits;
}

Result<void> KeyLedger::resolve_in_parts(Run& run, int level, RowSet& broken) {
  std::vector<std::unique_ptr<Run>> parts;
  for (std::size_t number = 0; number < kPartitions; ++number) parts.push_back(new_run());
  auto read = run.read([&](std::span<const KeyRecord> records) -> Result<bool> {
    for (const KeyRecord& record : records) {
      HAUL_TRY_VOID(parts[partition_of(record.key, level)]->append(record));
    }
    return true;
  });
  if (!read) return read;
  for (auto& part : parts) {
    HAUL_TRY_VOID(resolve(*part, level + 1, broken));
    part.reset();
  }
  return {};
}

}  // namespace haul::ingest
