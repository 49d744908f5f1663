#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "haul/edi/interchange_reader.h"

namespace haul::edi {

/// An ISA of 106 bytes with `*`, `:` and `~`, or other service characters in their places.
inline std::string isa(std::string_view control = "000000905", char element = '*', char segment = '~') {
  std::string text = fmt::format(
      "ISA*00*          *00*          *02*SWFT           *ZZ*HAULSHIPPER    *240301*1405*U*00401*{}*0*P*:",
      control);
  for (char& c : text) {
    if (c == '*') c = element;
  }
  return text + segment;
}

/// A 214 with one status, whose trailer says `count` segments.
inline std::string status_214(std::string_view control = "0001", std::string_view count = "6",
                              std::string_view shipment = "SH0000000001") {
  return fmt::format(
      "ST*214*{0}~B10*PRO123*{2}*SWFT~LX*1~AT7*X1*NS***20240301*1330*ET~MS1*Reno*NV*US~SE*{1}*{0}~", control,
      count, shipment);
}

/// An interchange with one group around `transactions`.
inline std::string interchange(const std::string& transactions, std::string_view transaction_count = "1",
                               std::string_view control = "000000905") {
  return isa(control) + "GS*QM*SWFT*HAULSHIPPER*20240301*1405*77*X*004010~" + transactions +
         fmt::format("GE*{}*77~IEA*1*{}~", transaction_count, control);
}

/// All that a file gives, fed in pieces of `piece` bytes.
inline ReaderOutput read_all(std::string_view file, ReaderOptions options = {.message = "214"},
                             std::size_t piece = SIZE_MAX) {
  InterchangeReader reader(std::move(options));
  ReaderOutput all;
  const auto add = [&all](ReaderOutput more) {
    std::move(more.rows.begin(), more.rows.end(), std::back_inserter(all.rows));
    std::move(more.refusals.begin(), more.refusals.end(), std::back_inserter(all.refusals));
    std::move(more.ended.begin(), more.ended.end(), std::back_inserter(all.ended));
  };
  while (!file.empty()) {
    add(reader.feed(file.substr(0, piece)));
    file.remove_prefix(std::min(piece, file.size()));
  }
  add(reader.finish());
  return all;
}

/// "segment rule: reason" of each refusal.
inline std::vector<std::string> reasons(const ReaderOutput& output) {
  std::vector<std::string> lines;
  for (const Refusal& refusal : output.refusals)
    lines.push_back(fmt::format("{} {}: {}", refusal.segment, refusal.rule, refusal.reason));
  return lines;
}

}  // namespace haul::edi
