// Length, case, concatenation, search and replacement in text. Positions and lengths count code points.
#include <array>

#include "../allow_list.h"
#include "../row_loops.h"
#include "letter_case.h"
#include "utf8.h"

namespace haul::expression {
namespace {

using Text = std::string_view;

Value length(const Call& call) {
  return map_rows<std::int64_t, Text>(call, [](Text text, std::int64_t* out) {
    *out = count_characters(text);
    return Outcome::kValue;
  });
}
Value byte_length(const Call& call) {
  return map_rows<std::int64_t, Text>(call, [](Text text, std::int64_t* out) {
    *out = static_cast<std::int64_t>(text.size());
    return Outcome::kValue;
  });
}

Value upper(const Call& call) {
  return map_text<Text>(call, [](Text text, std::string* out) {
    append_upper(text, out);
    return Outcome::kValue;
  });
}
Value lower(const Call& call) {
  return map_text<Text>(call, [](Text text, std::string* out) {
    append_lower(text, out);
    return Outcome::kValue;
  });
}

/// `a || b`: NULL where one of them is.
Value join(const Call& call) {
  return map_text<Text, Text>(call, [](Text a, Text b, std::string* out) {
    out->append(a).append(b);
    return Outcome::kValue;
  });
}

/// concat(a, b, ...): passes NULLs over, never NULL.
Value concat(const Call& call) {
  std::vector<Reader<Text>> in;
  for (const Value& arg : call.args) in.emplace_back(arg);
  const Call no_args{.type = call.type, .args = {}, .rows = call.rows};
  std::int64_t row = 0;
  return map_text(no_args, [&](std::string* out) {
    for (std::size_t i = 0; i < in.size(); ++i) {
      if (!call.args[i].is_null(row)) out->append(in[i][row]);
    }
    ++row;
    return Outcome::kValue;
  });
}

template <bool (*test)(Text, Text)>
Value test_text(const Call& call) {
  return map_rows<bool, Text, Text>(call, [](Text a, Text b, bool* out) {
    *out = test(a, b);
    return Outcome::kValue;
  });
}

bool has(Text text, Text part) { return text.find(part) != Text::npos; }
bool starts(Text text, Text part) { return text.starts_with(part); }
bool ends(Text text, Text part) { return text.ends_with(part); }

Value position(const Call& call) {
  return map_rows<std::int64_t, Text, Text>(call, [](Text text, Text part, std::int64_t* out) {
    const std::size_t at = text.find(part);
    *out = at == Text::npos ? 0 : count_characters(text.substr(0, at)) + 1;
    return Outcome::kValue;
  });
}

Value replace(const Call& call) {
  return map_text<Text, Text, Text>(call, [](Text text, Text from, Text to, std::string* out) {
    std::size_t at = 0;
    for (std::size_t found = from.empty() ? Text::npos : text.find(from); found != Text::npos;
         found = text.find(from, at)) {
      out->append(text.substr(at, found - at)).append(to);
      at = found + from.size();
    }
    out->append(text.substr(at));
    return Outcome::kValue;
  });
}

}  // namespace

void add_strings(AllowList& list) {
  const TypeId text = TypeId::kVarchar;
  for (const std::string_view name : {"length", "len", "char_length", "character_length"}) {
    list.add({.name = name, .args = {text}, .result = TypeId::kBigInt, .kernel = length});
  }
  list.add({.name = "strlen", .args = {text}, .result = TypeId::kBigInt, .kernel = byte_length});
  list.add(
      {.name = "octet_length", .args = {TypeId::kBlob}, .result = TypeId::kBigInt, .kernel = byte_length});
  for (const std::string_view name : {"upper", "ucase"}) {
    list.add({.name = name, .args = {text}, .result = text, .kernel = upper});
  }
  for (const std::string_view name : {"lower", "lcase"}) {
    list.add({.name = name, .args = {text}, .result = text, .kernel = lower});
  }
  list.add({.name = "||", .args = {text, text}, .result = text, .kernel = join});
  list.add({.name = "concat", .args = {text}, .result = text, .kernel = concat, .variadic = true});
  list.add({.name = "contains", .args = {text, text}, .kernel = test_text<has>});
  for (const std::string_view name : {"starts_with", "prefix", "^@"}) {
    list.add({.name = name, .args = {text, text}, .kernel = test_text<starts>});
  }
  for (const std::string_view name : {"ends_with", "suffix"}) {
    list.add({.name = name, .args = {text, text}, .kernel = test_text<ends>});
  }
  for (const std::string_view name : {"position", "strpos", "instr"}) {
    list.add({.name = name, .args = {text, text}, .result = TypeId::kBigInt, .kernel = position});
  }
  list.add({.name = "replace", .args = {text, text, text}, .result = text, .kernel = replace});
}

}  // namespace haul::expression
