#include "shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "haul/base/time.h"

namespace haul::contract {
namespace {

using Kind = YamlNode::Kind;
using ScalarType = YamlNode::ScalarType;

bool is_scalar(const YamlNode& node, ScalarType type) {
  return node.kind() == Kind::kScalar && node.scalar_type() == type;
}
bool is_text(const YamlNode& node) { return is_scalar(node, ScalarType::kText); }
bool is_number(const YamlNode& node) {
  return is_scalar(node, ScalarType::kInteger) || is_scalar(node, ScalarType::kNumber);
}

bool is_id(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  });
}

bool is_date(std::string_view text) {
  return text.size() == 10 && text[4] == '-' && text[7] == '-' && parse_utc(text).has_value();
}

bool is_time(std::string_view text) {
  return text.size() > 19 && (text[10] == 'T' || text[10] == 't') && parse_utc(text).has_value();
}

bool is_list_of(const YamlNode& node, bool (*test)(const YamlNode&)) {
  const auto items = node.items();
  return node.kind() == Kind::kSequence && std::all_of(items.begin(), items.end(), test);
}

bool is_number_pair(const YamlNode& node) {
  const auto items = node.items();
  return items.size() == 2 && is_list_of(node, is_number) && *items[0].as_number() != *items[1].as_number();
}

bool has_repeats(const YamlNode& list) {
  std::set<std::string_view> seen;
  const auto items = list.items();
  return !std::all_of(items.begin(), items.end(),
                      [&](const YamlNode& item) { return seen.insert(item.text()).second; });
}

/// The forms that hold no further objects.
bool matches(const YamlNode& node, Form form) {
  switch (form) {
    case Form::kText:
      return is_text(node);
    case Form::kId:
      return is_text(node) && is_id(node.text());
    case Form::kDate:
      return is_text(node) && is_date(node.text());
    case Form::kTime:
      return is_text(node) && is_time(node.text());
    case Form::kBoolean:
      return is_scalar(node, ScalarType::kBoolean);
    case Form::kInteger:
    case Form::kPort:
      return node.as_integer().has_value();
    case Form::kCount:
      return node.as_integer().has_value() && *node.as_integer() >= 0;
    case Form::kNumber:
      return is_number(node);
    case Form::kScalar:
      return node.kind() == Kind::kScalar || node.kind() == Kind::kNull;
    case Form::kAny:
      return true;
    case Form::kMap:
      return node.kind() == Kind::kMap;
    case Form::kTextOrMap:
    case Form::kTextOrObject:
      return is_text(node) || node.kind() == Kind::kMap;
    case Form::kTexts:
      return is_list_of(node, is_text);
    case Form::kTextSet:
      return is_list_of(node, is_text) && !node.items().empty() && !has_repeats(node);
    case Form::kTextOrTexts:
      return is_text(node) || (is_list_of(node, is_text) && !node.items().empty());
    case Form::kAnys:
    case Form::kObjects:
      return node.kind() == Kind::kSequence;
    case Form::kNumberPair:
      return is_number_pair(node);
    case Form::kObject:
      return node.kind() == Kind::kMap;
    case Form::kObjectOrObjects:
      return node.kind() == Kind::kMap || node.kind() == Kind::kSequence;
  }
  return false;
}

/// What a quoted text would be without its quotes.
ScalarType type_of_text(std::string_view text) {
  if (text == "true" || text == "false") return ScalarType::kBoolean;
  const bool digits = text.find_first_not_of("0123456789.-+eE") == std::string_view::npos;
  return digits && !text.empty() ? ScalarType::kNumber : ScalarType::kText;
}

/// What stands there; short lists with their items.
std::string shown(const YamlNode& node) {
  constexpr std::size_t kShown = 40;
  if (node.kind() != Kind::kSequence) return node.describe();
  const std::string json = node.to_json();
  return json.size() <= kShown ? json : node.describe();
}

std::string_view wanted(Form form) {
  switch (form) {
    case Form::kText:
      return "text";
    case Form::kId:
      return "text of letters, digits, _ and -";
    case Form::kDate:
      return "a date as '2013-01-31'";
    case Form::kTime:
      return "a time as '2013-01-31T12:00:00Z'";
    case Form::kBoolean:
      return "true or false";
    case Form::kInteger:
    case Form::kPort:
      return "an integer";
    case Form::kCount:
      return "an integer from 0";
    case Form::kNumber:
      return "a number";
    case Form::kScalar:
      return "a single value";
    case Form::kAny:
      return "a value";
    case Form::kMap:
    case Form::kObject:
      return "keys and values";
    case Form::kTextOrMap:
    case Form::kTextOrObject:
      return "text, or keys and values";
    case Form::kTexts:
      return "a list of texts";
    case Form::kTextSet:
      return "a list of different texts";
    case Form::kTextOrTexts:
      return "text, or a list of texts";
    case Form::kAnys:
      return "a list";
    case Form::kNumberPair:
      return "a list of two different numbers";
    case Form::kObjects:
      return "a list of keys and values";
    case Form::kObjectOrObjects:
      return "keys and values, or a list of them";
  }
  return "a value";
}

/// What to do about a value of the wrong form.
std::string remedy(const YamlNode& node, Form form) {
  if (node.kind() == Kind::kNull) return "write one or remove the key";
  const bool wants_text =
      form == Form::kText || form == Form::kId || form == Form::kTextOrTexts || form == Form::kTexts;
  if (wants_text && node.kind() == Kind::kScalar && !is_text(node)) {
    return fmt::format("write it in quotes: '{}'", node.text());
  }
  if (form == Form::kTexts && is_text(node)) return fmt::format("write [{}]", node.text());
  const bool wants_number =
      form == Form::kNumber || form == Form::kInteger || form == Form::kPort || form == Form::kCount;
  const bool looks_typed = (wants_number && type_of_text(node.text()) == ScalarType::kNumber) ||
                           (form == Form::kBoolean && type_of_text(node.text()) == ScalarType::kBoolean);
  if (is_text(node) && looks_typed) return "write it without quotes";
  if (form == Form::kBoolean) return "write true or false";
  return "correct the value";
}

/// Advice for keys that people bring along from elsewhere, where no key of the standard is near.
struct Hint {
  std::string_view key;
  std::string_view advice;
};
constexpr std::array<Hint, 7> kHints{{
    {"columns", "write `properties`"},
    {"enum",
     "list the values in a quality rule: metric: invalidValues, arguments: {validValues: [...]}, mustBe: 0"},
    {"from", "the relationship of a column begins at the column; remove it"},
    {"nullable", "write required: true or false"},
    {"owner", "write team: {name: ...}"},
    {"rule", "write `metric`"},
    {"type", "write logicalType"},
}};

std::string advice_on_key(const std::string& key, std::span<const std::string_view> known) {
  if (const std::string_view near = nearest(key, known); !near.empty())
    return fmt::format("did you mean `{}`?", near);
  for (const auto& [foreign, advice] : kHints) {
    if (foreign == key) return std::string(advice);
  }
  return "remove it, or keep what it says in customProperties";
}

class ShapeCheck {
 public:
  ShapeCheck(Edition edition, Problems& problems) : edition_(edition), problems_(problems) {}

  void check(const YamlNode& node, const Shape& shape) {
    if (node.kind() != Kind::kMap) {
      problems_.add(node, fmt::format("{} has keys and values, here is {}; write `key: value`", shape.noun,
                                      node.describe()));
      return;
    }
    const std::vector<Field> fields = fields_of(shape);
    for (const auto& [key, value] : node.entries()) {
      const auto field = std::find_if(
          fields.begin(), fields.end(),
          [&, wanted_key = std::string_view(key)](const Field& each) { return each.key == wanted_key; });
      if (field == fields.end() || field->since > edition_) {
        refuse_key(node, shape, fields, key);
      } else {
        check_value(node, *field, value);
      }
    }
    for (const Field& field : fields) {
      const bool needed =
          field.need == Need::kRequired || (field.need == Need::kRequiredInV31 && edition_ == Edition::kV31);
      if (needed && !node.find(field.key)) {
        problems_.add(node, fmt::format("{} needs the key `{}`; add it", shape.noun, field.key));
      }
    }
  }

 private:
  static std::vector<Field> fields_of(const Shape& shape) {
    std::vector<Field> fields(shape.fields.begin(), shape.fields.end());
    fields.insert(fields.end(), shape.more.begin(), shape.more.end());
    return fields;
  }

  void refuse_key(const YamlNode& node, const Shape& shape, std::span<const Field> fields,
                  const std::string& key) {
    std::vector<std::string_view> known;
    for (const Field& field : fields) {
      if (field.key == key) {
        problems_.add(node.key_place(key),
                      fmt::format("`{}` is a key of v3.2; set apiVersion: v3.2.0, or remove it", key));
        return;
      }
      if (field.since <= edition_) known.push_back(field.key);
    }
    problems_.add(node.key_place(key),
                  fmt::format("{} has no key `{}`; {}", shape.noun, key, advice_on_key(key, known)));
  }

  void check_value(const YamlNode& around, const Field& field, const YamlNode& value) {
    const bool is_port_text = field.form == Form::kPort && edition_ >= Edition::kV32 && is_text(value);
    if (!is_port_text && !matches(value, field.form)) return refuse_value(field, value);
    if (!field.words.empty() && !check_word(field, value)) return;
    if (!value.text().starts_with(field.prefix)) {
      problems_.add(value,
                    fmt::format("`{}` is {}; begin it with {}", field.key, value.describe(), field.prefix));
    }
    if (field.shape == nullptr && field.choose == nullptr) return;
    if (value.kind() == Kind::kMap) check_object(around, field, field.shape, value);
    for (const YamlNode& item : value.items()) {
      check_object(around, field, field.items != nullptr ? field.items : field.shape, item);
    }
  }

  bool check_word(const Field& field, const YamlNode& value) {
    const auto is_in = [&](std::span<const std::string_view> words) {
      return std::find(words.begin(), words.end(), value.text()) != words.end();
    };
    if (is_in(field.words)) return true;
    if (!is_in(field.words_since_v32)) {
      problems_.add(
          value, fmt::format("`{}` is {}{}", field.key, value.describe(), advise(value.text(), field.words)));
      return false;
    }
    if (edition_ >= Edition::kV32) return true;
    problems_.add(value, fmt::format("`{}` of `{}` is a word of v3.2; set apiVersion: v3.2.0, or change it",
                                     value.text(), field.key));
    return false;
  }

  void refuse_value(const Field& field, const YamlNode& value) {
    const bool is_list_of_texts = field.form == Form::kTexts || field.form == Form::kTextOrTexts;
    if (!is_list_of_texts || value.items().empty()) {
      problems_.add(value, fmt::format("`{}` needs {}, has {}; {}", field.key, wanted(field.form),
                                       shown(value), remedy(value, field.form)));
      return;
    }
    for (const YamlNode& item : value.items()) {
      if (is_text(item)) continue;
      problems_.add(item, fmt::format("`{}` is a list of texts, here is {}; {}", field.key, item.describe(),
                                      remedy(item, Form::kText)));
    }
  }

  void check_object(const YamlNode& around, const Field& field, const Shape* shape, const YamlNode& value) {
    if (field.choose != nullptr) shape = field.choose(around, value);
    if (shape != nullptr) check(value, *shape);
  }

  Edition edition_;
  Problems& problems_;
};

}  // namespace

void check_shape(const YamlNode& node, const Shape& shape, Edition edition, Problems& problems) {
  ShapeCheck(edition, problems).check(node, shape);
}

std::optional<std::string> text_at(const YamlNode& node, std::string_view key) {
  const auto value = node.find(key);
  if (!value || !is_text(*value)) return std::nullopt;
  return std::string(value->text());
}

std::optional<bool> flag_at(const YamlNode& node, std::string_view key) {
  const auto value = node.find(key);
  if (!value || !is_scalar(*value, ScalarType::kBoolean)) return std::nullopt;
  return *value->as_boolean();
}

std::optional<std::int64_t> integer_at(const YamlNode& node, std::string_view key) {
  const auto value = node.find(key);
  if (!value) return std::nullopt;
  const auto integer = value->as_integer();
  return integer ? std::optional(*integer) : std::nullopt;
}

std::optional<double> number_at(const YamlNode& node, std::string_view key) {
  const auto value = node.find(key);
  if (!value || !is_number(*value)) return std::nullopt;
  return *value->as_number();
}

std::optional<YamlNode> custom_property(const YamlNode& node, std::string_view name) {
  const auto properties = node.find("customProperties");
  if (!properties) return std::nullopt;
  for (const YamlNode& property : properties->items()) {
    if (text_at(property, "property") == name) return property.find("value");
  }
  return std::nullopt;
}

}  // namespace haul::contract
