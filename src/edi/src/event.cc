#include "haul/edi/event.h"

#include <fmt/format.h>

#include <algorithm>

#include "envelope.h"
#include "field_value.h"

namespace haul::edi {
namespace {

std::string_view type_name(Field::Kind kind) {
  switch (kind) {
    case Field::Kind::kNumber:
      return "number";
    case Field::Kind::kAmount:
    case Field::Kind::kDegrees:
      return "decimal";
    case Field::Kind::kDateTime:
    case Field::Kind::kPeriod:
    case Field::Kind::kUnbTime:
      return "time";
    case Field::Kind::kReferences:
    case Field::Kind::kCharges:
      return "JSON";
    default:
      return "text";
  }
}

bool is_list(const Field& field) {
  return field.kind == Field::Kind::kReferences || field.kind == Field::Kind::kCharges;
}

}  // namespace

std::vector<Field> field_table(const MessageSpec& message) {
  const bool is_x12 = message.standard == Standard::kX12;
  const auto envelope = is_x12 ? x12_envelope_fields() : edifact_envelope_fields();
  const auto own = is_x12 ? x12_fields(message.type) : iftsta_fields();
  std::vector<Field> all(envelope.begin(), envelope.end());
  all.insert(all.end(), own.begin(), own.end());
  return all;
}

std::vector<FieldInfo> fields_of(const MessageSpec& message) {
  std::vector<FieldInfo> infos;
  for (const Field& field : field_table(message)) {
    const bool known = std::any_of(infos.begin(), infos.end(),
                                   [&](const FieldInfo& info) { return info.name == field.name; });
    if (!known) infos.push_back({field.name, type_name(field.kind), field.tag});
  }
  infos.push_back({kOtherSegments, "JSON", "all others"});
  return infos;
}

std::string_view repertoire_of(std::string_view row) {
  const HeaderScan scan = scan_header(Standard::kEdifact, row);
  if (scan.state != HeaderScan::State::kFound) return {};
  Segment header;
  header.parse(
      row.substr(scan.segment_begin, find_service(row, scan.syntax.segment, scan.syntax, scan.segment_begin) -
                                         scan.segment_begin),
      scan.syntax);
  const std::string_view name = header.component(1, 1);
  return name.data() == nullptr ? std::string_view() : name;
}

class EventReader::Machine {
 public:
  Machine(const MessageSpec& message, std::vector<std::vector<Field>> wanted)
      : message_(message), tags_(envelope_tags(message.standard)), wanted_(std::move(wanted)) {}

  Result<const std::vector<FieldValue>*> read(std::string_view row) {
    HAUL_TRY_VOID(split(row));
    values_.assign(wanted_.size(), {});
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      if (!wanted_[i].empty()) values_[i] = is_list(wanted_[i].front()) ? list(wanted_[i]) : find(wanted_[i]);
    }
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      if (wanted_[i].empty()) values_[i] = others();
    }
    return &values_;
  }

 private:
  Result<void> split(std::string_view row) {
    const HeaderScan scan = scan_header(message_.standard, row);
    if (scan.state != HeaderScan::State::kFound) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("the row does not begin with a readable {}", tags_.interchange.header));
    }
    syntax_ = scan.syntax;
    count_ = 0;
    begin_ = 0;
    std::size_t at = scan.segment_begin;
    std::size_t events = 0;
    std::string_view party;
    bool is_in_heading = true;
    bool is_in_loop = false;
    while (at < row.size()) {
      const std::size_t end = find_service(row, syntax_.segment, syntax_, at);
      if (end == std::string_view::npos)
        return fail(ErrorCode::kInvalidInput, "the last segment of the row has no end");
      if (count_ == segments_.size()) segments_.emplace_back();
      PlacedSegment& placed = segments_[count_++];
      placed.segment.parse(row.substr(at, end - at), syntax_);
      const std::string_view tag = placed.segment.tag();
      const bool opens_event = !tag.empty() && tag == message_.loops.inner;
      if (opens_event) ++events;
      is_in_loop = is_in_loop || opens_event;
      if (opens_event || (!tag.empty() && tag == message_.loops.outer)) is_in_heading = false;
      if (tag == "N1") party = placed.segment.element(1);
      if (tag.size() < 2 || (tag != "N1" && tag[0] != 'N' && tag != "G61")) party = {};
      placed.party = party;
      placed.is_in_heading = is_in_heading;
      placed.is_in_loop = is_in_loop;
      placed.was_read = false;
      if (begin_ == 0 && tag == tags_.transaction.header) begin_ = count_;
      if (tag == tags_.transaction.trailer && begin_ > 0) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("the row holds a whole transaction, {} included: only its interchange can be "
                                "sent again",
                                tag));
      }
      at = end + 1;
    }
    return check(events);
  }

  [[nodiscard]] Result<void> check(std::size_t events) const {
    if (begin_ == 0) {
      return fail(ErrorCode::kInvalidInput, fmt::format("the row has no {}", tags_.transaction.header));
    }
    const std::string_view type = type_of(segments_[begin_ - 1].segment, message_.standard);
    if (type != message_.type) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("the transaction is a {}, the source takes {}",
                              plain_text(type.substr(0, 16), syntax_), message_.type));
    }
    if (events > 1) {
      return fail(ErrorCode::kInvalidInput,
                  fmt::format("the row has {} segments {}, an event has one", events, message_.loops.inner));
    }
    return {};
  }

  /// The first of `fields` that has a value, from the segment with the best qualifier.
  FieldValue find(const std::vector<Field>& fields) {
    for (const Field& field : fields) {
      PlacedSegment* best = nullptr;
      int best_rank = 0;
      FieldValue best_value;
      for (std::size_t i = 0; i < count_; ++i) {
        const int rank = rank_of(field, segments_[i]);
        if (rank < 0 || (best != nullptr && rank >= best_rank)) continue;
        FieldValue value = value_of(field, segments_[i].segment, syntax_);
        if (value.state == FieldValue::State::kAbsent) continue;
        best = &segments_[i];
        best_rank = rank;
        best_value = std::move(value);
      }
      if (best == nullptr) continue;
      best->was_read = true;
      return best_value;
    }
    return {};
  }

  FieldValue list(const std::vector<Field>& fields) {
    FieldValue value;
    for (const Field& field : fields) {
      for (std::size_t i = 0; i < count_; ++i) {
        if (rank_of(field, segments_[i]) < 0) continue;
        append_listed(field, segments_[i].segment, syntax_, value.text);
        segments_[i].was_read = true;
      }
    }
    return closed(std::move(value));
  }

  FieldValue others() {
    FieldValue value;
    for (std::size_t i = begin_; i < count_; ++i) {
      if (!segments_[i].was_read) append_segment(segments_[i].segment, syntax_, value.text);
    }
    return closed(std::move(value));
  }

  static FieldValue closed(FieldValue value) {
    if (value.text.empty()) return value;
    value.text += ']';
    value.state = FieldValue::State::kPresent;
    return value;
  }

  MessageSpec message_;
  EnvelopeTags tags_;
  std::vector<std::vector<Field>> wanted_;  // per name, what is tried in order; none: the other segments
  Syntax syntax_;
  std::vector<PlacedSegment> segments_;
  std::size_t count_ = 0;
  std::size_t begin_ = 0;  // index behind the transaction's header
  std::vector<FieldValue> values_;
};

EventReader::EventReader(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) {}
EventReader::~EventReader() = default;
EventReader::EventReader(EventReader&&) noexcept = default;
EventReader& EventReader::operator=(EventReader&&) noexcept = default;

Result<EventReader> EventReader::make(const MessageSpec& message, const std::vector<std::string>& names) {
  const std::vector<Field> table = field_table(message);
  std::vector<std::vector<Field>> wanted;
  for (const std::string& name : names) {
    std::vector<Field>& fields = wanted.emplace_back();
    std::copy_if(table.begin(), table.end(), std::back_inserter(fields),
                 [&](const Field& field) { return field.name == name; });
    if (!fields.empty() || name == kOtherSegments) continue;
    std::vector<std::string_view> known;
    for (const FieldInfo& info : fields_of(message)) known.push_back(info.name);
    const std::string_view near = nearest(name, known);
    return fail(ErrorCode::kInvalidInput,
                fmt::format("no field of {} is called `{}`{}; docs/edi.md lists them", message.type, name,
                            near.empty() ? "" : fmt::format("; did you mean `{}`?", near)));
  }
  return EventReader(std::make_unique<Machine>(message, std::move(wanted)));
}

Result<const std::vector<FieldValue>*> EventReader::read(std::string_view row) { return machine_->read(row); }

}  // namespace haul::edi
