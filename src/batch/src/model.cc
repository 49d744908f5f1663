#include "haul/batch/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <span>
#include <utility>

#include "header_block.h"

namespace haul::batch {
namespace {

/// Nobody means to read more than a year around each day; a larger number is a slip.
constexpr int kWidestDays = 366;

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); });
  return out;
}

Result<void> allow_only(const HeaderBlock& block, std::span<const std::string_view> known) {
  for (const HeaderEntry& entry : block.entries) {
    if (std::find(known.begin(), known.end(), entry.key.text) != known.end()) continue;
    const std::string_view near = nearest(entry.key.text, known);
    const std::string hint = near.empty() ? fmt::format("known are {}", fmt::join(known, ", "))
                                          : fmt::format("did you mean `{}`?", near);
    return fail(error_at(entry.key.place, fmt::format("unknown key `{}`: {}", entry.key.text, hint)));
  }
  return {};
}

const HeaderEntry* find(const HeaderBlock& block, std::string_view key) {
  const auto entry = std::find_if(block.entries.begin(), block.entries.end(),
                                  [&](const HeaderEntry& e) { return e.key.text == key; });
  return entry == block.entries.end() ? nullptr : &*entry;
}

/// The one word of an entry; empty where the key is missing.
Result<std::string> single(const HeaderBlock& block, std::string_view key) {
  const HeaderEntry* entry = find(block, key);
  if (entry == nullptr) return std::string();
  if (entry->words.size() != 1 || !entry->items.empty()) {
    return fail(error_at(entry->key.place, fmt::format("`{}` takes one value", key)));
  }
  return entry->words.front().text;
}

/// One word, or several in brackets; empty where the key is missing.
Result<std::vector<std::string>> list(const HeaderBlock& block, std::string_view key) {
  const HeaderEntry* entry = find(block, key);
  if (entry == nullptr) return std::vector<std::string>();
  if (entry->words.size() == 1 && entry->items.empty()) return std::vector{entry->words.front().text};
  std::vector<std::string> out;
  for (const auto& item : entry->items) {
    if (item.size() != 1)
      return fail(error_at(item.front().place, fmt::format("`{}` takes single names", key)));
    if (std::find(out.begin(), out.end(), item.front().text) != out.end()) {
      return fail(error_at(item.front().place, fmt::format("`{}` stands twice", item.front().text)));
    }
    out.push_back(item.front().text);
  }
  if (!entry->words.empty() || out.empty()) {
    return fail(error_at(entry->key.place, fmt::format("`{}` takes a name, or (names, in, brackets)", key)));
  }
  return out;
}

bool is_dataset_name(std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos || dot + 1 == name.size()) return false;
  const std::string_view layer = name.substr(0, dot);
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return (layer == "silver" || layer == "gold") &&
         std::all_of(name.begin() + static_cast<std::ptrdiff_t>(dot) + 1, name.end(), plain);
}

Result<int> days(const std::vector<Word>& option) {
  int value = 0;
  const std::string& text = option[1].text;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > kWidestDays) {
    return fail(error_at(option[1].place, fmt::format("`{}` takes a number of days from 0 to {}",
                                                      option[0].text, kWidestDays)));
  }
  return value;
}

Result<void> read_time_range(const HeaderEntry& kind, Model& model) {
  for (const auto& option : kind.items) {
    const Word& key = option.front();
    if (option.size() != 2) return fail(error_at(key.place, fmt::format("`{}` takes one value", key.text)));
    if (key.text == "time_column") {
      model.time_column = option[1].text;
    } else if (key.text == "lookback") {
      HAUL_TRY(value, days(option));
      model.lookback_days = value;
    } else if (key.text == "lookahead") {
      HAUL_TRY(value, days(option));
      model.lookahead_days = value;
    } else {
      return fail(
          error_at(key.place,
                   fmt::format("unknown option `{}`: known are time_column, lookback, lookahead", key.text)));
    }
  }
  if (model.time_column.empty()) {
    return fail(error_at(kind.key.place, "INCREMENTAL_BY_TIME_RANGE needs (time_column NAME)"));
  }
  return {};
}

Result<void> read_kind(const HeaderBlock& block, Model& model) {
  const HeaderEntry* kind = find(block, "kind");
  if (kind == nullptr) return fail(error_at(block.place, "the header needs `kind`"));
  const std::string name = kind->words.size() == 1 ? upper(kind->words.front().text) : std::string();
  if (name == "INCREMENTAL_BY_TIME_RANGE") {
    model.kind = ModelKind::kIncrementalByTimeRange;
    return read_time_range(*kind, model);
  }
  if (name == "FULL" && kind->items.empty()) return {};
  return fail(error_at(
      kind->key.place,
      "`kind` is FULL or INCREMENTAL_BY_TIME_RANGE (time_column NAME [, lookback N] [, lookahead N])"));
}

Result<void> check_cron(const HeaderBlock& block) {
  HAUL_TRY(cron, single(block, "cron"));
  if (cron.empty() || cron == "@daily") return {};
  return fail(error_at(
      find(block, "cron")->key.place,
      fmt::format("`cron` says how long an interval is, and that is a day: write '@daily', not '{}'", cron)));
}

}  // namespace

Result<Model> parse_model(std::string_view text, std::string file) {
  static constexpr std::array<std::string_view, 7> kKeys = {"name",  "kind",   "cron",       "grain",
                                                            "owner", "audits", "description"};
  HAUL_TRY(block, parse_header_block("MODEL", text, file));
  HAUL_TRY_VOID(allow_only(block, kKeys));
  Model model;
  HAUL_TRY(name, single(block, "name"));
  if (!is_dataset_name(name)) {
    const HeaderEntry* entry = find(block, "name");
    return fail(error_at(entry == nullptr ? block.place : entry->key.place,
                         "the header needs `name silver.NAME` or `name gold.NAME`, in lower case"));
  }
  HAUL_TRY_VOID(read_kind(block, model));
  HAUL_TRY_VOID(check_cron(block));
  HAUL_TRY(grain, list(block, "grain"));
  HAUL_TRY(audits, list(block, "audits"));
  HAUL_TRY(owner, single(block, "owner"));
  HAUL_TRY(description, single(block, "description"));
  model.name = std::move(name);
  model.grain = std::move(grain);
  model.audits = std::move(audits);
  model.owner = std::move(owner);
  model.description = std::move(description);
  model.sql = std::move(block.sql);
  model.sql_place = std::move(block.sql_place);
  return model;
}

Result<Audit> parse_audit(std::string_view text, std::string file) {
  static constexpr std::array<std::string_view, 3> kKeys = {"name", "blocking", "description"};
  HAUL_TRY(block, parse_header_block("AUDIT", text, file));
  HAUL_TRY_VOID(allow_only(block, kKeys));
  Audit audit;
  HAUL_TRY(name, single(block, "name"));
  if (name.empty()) return fail(error_at(block.place, "the header needs `name`"));
  HAUL_TRY(blocking, single(block, "blocking"));
  if (!blocking.empty() && blocking != "true" && blocking != "false") {
    return fail(error_at(find(block, "blocking")->key.place, "`blocking` is true or false"));
  }
  HAUL_TRY(description, single(block, "description"));
  audit.name = std::move(name);
  audit.effect = blocking == "false" ? AuditEffect::kWarn : AuditEffect::kBlock;
  audit.description = std::move(description);
  audit.sql = std::move(block.sql);
  audit.sql_place = std::move(block.sql_place);
  return audit;
}

std::string placed_sql(const std::string& sql, const SourcePlace& place) {
  return std::string(static_cast<std::size_t>(place.line - 1), '\n') +
         std::string(static_cast<std::size_t>(place.column - 1), ' ') + sql;
}

}  // namespace haul::batch
