#include "field_value.h"

#include <fmt/format.h>

#include <algorithm>

#include "haul/base/json.h"
#include "haul/edi/date_time.h"

namespace haul::edi {
namespace {

using State = FieldValue::State;

bool are_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The place of `code` in a list divided by blanks, or -1.
int place_in(std::string_view list, std::string_view code) {
  for (int place = 0; !list.empty(); ++place) {
    const std::size_t end = std::min(list.find(' '), list.size());
    if (list.substr(0, end) == code) return place;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return -1;
}

std::string_view raw_value(const Segment& segment, std::uint16_t element, std::uint16_t component) {
  return component > 0 ? segment.component(element, component) : segment.element(element);
}

std::string without_leading_blanks(std::string text) {
  text.erase(0, text.find_first_not_of(' '));
  return text;
}

FieldValue present(std::string text) { return {State::kPresent, std::move(text)}; }
FieldValue unreadable(std::string text) { return {State::kUnreadable, std::move(text)}; }

FieldValue number_value(std::string text) {
  std::replace(text.begin(), text.end(), ',', '.');
  if (text.starts_with('+')) text.erase(0, 1);
  if (text.starts_with('.')) text.insert(0, 1, '0');
  while (text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9') text.erase(0, 1);
  if (text.ends_with('.')) text.pop_back();
  return present(std::move(text));
}

FieldValue amount_value(const std::string& text) {
  if (text.find('.') != std::string::npos) return number_value(text);
  std::string digits = text;
  const bool negative = digits.starts_with('-');
  if (negative) digits.erase(0, 1);
  if (!are_digits(digits)) return unreadable(text);
  if (digits.size() < 3) digits.insert(0, 3 - digits.size(), '0');
  digits.insert(digits.size() - 2, 1, '.');
  FieldValue value = number_value(digits);
  if (negative) value.text.insert(0, 1, '-');
  return value;
}

FieldValue time_value(const Field& field, const Segment& segment, const Syntax& syntax) {
  const std::string date = plain_text(segment.element(field.element), syntax);
  const std::string time = plain_text(segment.element(field.time_element), syntax);
  const std::string code = plain_text(segment.element(field.code_element), syntax);
  if (date.empty()) return {};
  std::string text;
  if (x12_time(date, time, code, &text)) return present(std::move(text));
  return unreadable(fmt::format("{} {} {}", date, time, code));
}

FieldValue period_value(const Field& field, const Segment& segment, const std::string& raw) {
  std::string text;
  if (edifact_time(raw, segment.component(field.element, 3), &text)) return present(std::move(text));
  return unreadable(raw);
}

FieldValue unb_time(const Field& field, const Segment& segment, const Syntax& syntax) {
  const std::string date = plain_text(segment.component(field.element, 1), syntax);
  const std::string time = plain_text(segment.component(field.element, 2), syntax);
  if (date.empty()) return {};
  std::string text;
  if (x12_time(date, time, {}, &text)) return present(std::move(text));
  return unreadable(date + " " + time);
}

/// DDDMMSS (or DDMMSS) with N, S, E or W.
FieldValue degrees_value(const Field& field, const Segment& segment, const std::string& text) {
  if (!are_digits(text) || text.size() < 5 || text.size() > 7) return unreadable(text);
  const auto part = [&text](std::size_t from_end, std::size_t length) {
    return std::stoi(text.substr(text.size() - from_end, length));
  };
  const int degrees = std::stoi(text.substr(0, text.size() - 4));
  const int minutes = part(4, 2);
  const int seconds = part(2, 2);
  if (degrees > 180 || minutes > 59 || seconds > 59) return unreadable(text);
  const std::string_view direction = segment.element(field.time_element);
  const double value = degrees + minutes / 60.0 + seconds / 3600.0;
  return present(fmt::format("{:.6f}", direction == "S" || direction == "W" ? -value : value));
}

void append_member(std::string& json, std::string_view name, const std::string& value) {
  if (value.empty()) return;
  json += json.ends_with('{') ? "" : ",";
  append_json_string(json, name);
  json += ':';
  append_json_string(json, value);
}

}  // namespace

int rank_of(const Field& field, const PlacedSegment& placed) {
  const Segment& segment = placed.segment;
  if (segment.tag() != field.tag) return -1;
  if (field.where == Field::Where::kLoop && !placed.is_in_loop) return -1;
  if (field.where == Field::Where::kHeading && !placed.is_in_heading) return -1;
  if (!field.party.empty() && (placed.party.empty() || place_in(field.party, placed.party) < 0)) return -1;
  if (field.qualifiers.empty()) return 0;
  return place_in(field.qualifiers, raw_value(segment, field.qualifier_element, field.qualifier_component));
}

FieldValue value_of(const Field& field, const Segment& segment, const Syntax& syntax) {
  if (field.kind == Field::Kind::kDateTime) return time_value(field, segment, syntax);
  if (field.kind == Field::Kind::kUnbTime) return unb_time(field, segment, syntax);
  std::string text =
      without_leading_blanks(plain_text(raw_value(segment, field.element, field.component), syntax));
  if (text.empty()) return {};
  switch (field.kind) {
    case Field::Kind::kNumber:
      return number_value(std::move(text));
    case Field::Kind::kAmount:
      return amount_value(text);
    case Field::Kind::kPeriod:
      return period_value(field, segment, text);
    case Field::Kind::kDegrees:
      return degrees_value(field, segment, text);
    default:
      return present(std::move(text));
  }
}

void append_listed(const Field& field, const Segment& segment, const Syntax& syntax, std::string& json) {
  const auto plain = [&](std::uint16_t element, std::uint16_t component) {
    return plain_text(raw_value(segment, element, component), syntax);
  };
  json += json.empty() ? "[{" : ",{";
  if (field.kind == Field::Kind::kReferences) {
    append_member(json, "qualifier", plain(field.qualifier_element, field.qualifier_component));
    append_member(json, "value", plain(field.element, field.component));
  } else {
    append_member(json, "line", plain(1, 0));
    append_member(json, "rate", plain(2, 0));
    append_member(json, "rate_qualifier", plain(3, 0));
    append_member(json, "amount", amount_value(plain(4, 0)).text);
    append_member(json, "code", plain(8, 0));
    append_member(json, "description", plain(12, 0));
  }
  json += '}';
}

void append_segment(const Segment& segment, const Syntax& syntax, std::string& json) {
  json += json.empty() ? "[[" : ",[";
  append_json_string(json, segment.tag());
  for (std::size_t element = 1; element <= segment.elements(); ++element) {
    json += ',';
    append_json_string(json, plain_text(segment.element(element), syntax));
  }
  json += ']';
}

}  // namespace haul::edi
