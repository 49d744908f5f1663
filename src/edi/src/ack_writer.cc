#include "ack_writer.h"

#include <algorithm>

namespace haul::edi {

void SegmentWriter::add(std::string_view tag, std::initializer_list<std::string_view> elements) {
  const auto* end = elements.end();
  while (end != elements.begin() && (end - 1)->empty()) --end;
  text_ += tag;
  for (const auto* element = elements.begin(); element != end; ++element) {
    text_ += syntax_.element;
    text_ += *element;
  }
  text_ += syntax_.segment;
  ++count_;
}

void SegmentWriter::add_whole(std::string_view tag, std::initializer_list<std::string_view> elements) {
  text_ += tag;
  for (const std::string_view element : elements) {
    text_ += syntax_.element;
    text_ += element;
  }
  text_ += syntax_.segment;
  ++count_;
}

AckTime::AckTime(Micros at) {
  const std::string text = format_utc(at);  // 2024-01-31T14:05:00Z
  date = text.substr(0, 4) + text.substr(5, 2) + text.substr(8, 2);
  time = text.substr(11, 2) + text.substr(14, 2);
}

std::string safe_value(std::string_view text, const Syntax& syntax, std::size_t most) {
  std::string safe;
  for (const char c : text.substr(0, most)) {
    const bool is_service = c == syntax.segment || c == syntax.element || c == syntax.component ||
                            c == syntax.repetition || c == syntax.release;
    if (!is_service && static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F)
      safe += c;
  }
  return safe;
}

}  // namespace haul::edi
