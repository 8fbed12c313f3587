// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/gather.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>
#include <tuple>

#include "ndr/feature_store/offline_layout.h"
#include "ndr/storage/parquet_file.h"

namespace ndr::feature_store {
namespace {

using arrow::Status;

// Values of one column in the order of the result, filled in the order of the files.
struct Slots {
  arrow::Type::type type = arrow::Type::NA;
  std::vector<int64_t> integral;
  std::vector<double> fractional;
  std::vector<std::string> text;
  std::vector<uint8_t> valid;

  Slots(arrow::Type::type of, size_t rows) : type(of), valid(rows) {
    if (type == arrow::Type::STRING)
      text.resize(rows);
    else if (type == arrow::Type::DOUBLE)
      fractional.resize(rows);
    else
      integral.resize(rows);
  }

  void Set(size_t slot, const arrow::Array& from, int64_t row) {
    if (from.IsNull(row)) return;
    valid[slot] = 1;
    if (type == arrow::Type::STRING)
      text[slot] = static_cast<const arrow::StringArray&>(from).GetView(row);
    else if (type == arrow::Type::DOUBLE)
      fractional[slot] = static_cast<const arrow::DoubleArray&>(from).Value(row);
    else
      integral[slot] = from.data()->GetValues<int64_t>(1)[row];
  }

  arrow::Result<std::shared_ptr<arrow::Array>> ToArray(const std::shared_ptr<arrow::DataType>& as) const {
    if (type == arrow::Type::STRING) {
      arrow::StringBuilder builder;
      ARROW_RETURN_NOT_OK(builder.AppendValues(text, valid.data()));
      return builder.Finish();
    }
    if (type == arrow::Type::DOUBLE) {
      arrow::DoubleBuilder builder;
      ARROW_RETURN_NOT_OK(builder.AppendValues(fractional, std::vector<bool>(valid.begin(), valid.end())));
      return builder.Finish();
    }
    arrow::Int64Builder builder;
    ARROW_RETURN_NOT_OK(builder.AppendValues(integral, std::vector<bool>(valid.begin(), valid.end())));
    ARROW_ASSIGN_OR_RAISE(const auto numbers, builder.Finish());
    return numbers->View(as);
  }
};

// What is wanted of the files, in their order.
struct Wanted {
  Place place;
  size_t slot = 0;
};

// Rows of one file into their slots; `from` and `to` delimit those of the file, by row.
Status FillFrom(storage::ObjectStore* files, const std::string& name,
                const std::shared_ptr<arrow::Schema>& columns, const Wanted* from, const Wanted* to,
                std::vector<Slots>* slots) {
  const std::string path = PathIn(*files, name);
  ARROW_ASSIGN_OR_RAISE(auto opened, files->Open(name));
  ARROW_ASSIGN_OR_RAISE(const auto reader, storage::ParquetReader::Open(std::move(opened), path, columns));
  int64_t first = 0;
  while (from != to) {
    ARROW_ASSIGN_OR_RAISE(const auto batch, reader->Next());
    if (batch == nullptr) return Status::Invalid(path, ": has fewer rows than its keys");
    for (; from != to && from->place.row < first + batch->num_rows(); ++from)
      for (size_t c = 0; c < slots->size(); ++c)
        (*slots)[c].Set(from->slot, *batch->column(static_cast<int>(c)), from->place.row - first);
    first += batch->num_rows();
  }
  return Status::OK();
}

}  // namespace

arrow::Result<std::vector<std::shared_ptr<arrow::Array>>> Gather(
    storage::ObjectStore* files, const KnownThen& known, size_t first, size_t last,
    const std::shared_ptr<arrow::Schema>& columns) {
  std::vector<Slots> slots;
  for (const auto& field : columns->fields()) slots.emplace_back(field->type()->id(), last - first);
  std::vector<Wanted> wanted;
  for (size_t i = first; i < last; ++i)
    if (known.places[i].file >= 0) wanted.push_back({known.places[i], i - first});
  std::sort(wanted.begin(), wanted.end(), [](const Wanted& a, const Wanted& b) {
    return std::tie(a.place.file, a.place.row) < std::tie(b.place.file, b.place.row);
  });
  for (auto from = wanted.begin(); from != wanted.end();) {
    const auto to =
        std::find_if(from, wanted.end(), [&](const Wanted& w) { return w.place.file != from->place.file; });
    const std::string& name = known.files[static_cast<size_t>(from->place.file)];
    ARROW_RETURN_NOT_OK(FillFrom(files, name, columns, &*from, &*from + (to - from), &slots));
    from = to;
  }
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  for (size_t c = 0; c < slots.size(); ++c) {
    ARROW_ASSIGN_OR_RAISE(arrays.emplace_back(),
                          slots[c].ToArray(columns->field(static_cast<int>(c))->type()));
  }
  return arrays;
}

}  // namespace ndr::feature_store
