// SPDX-License-Identifier: Apache-2.0
// Files on a local disk, written so that they survive a loss of power. Paths are absolute; errors name them.
#pragma once

#include <arrow/result.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ndr::disk {

/// `cannot <what> <path>: <why>`; `error` is an errno.
arrow::Status Failed(std::string_view what, const std::string& path, int error);
/// Names in a folder, in no order; none where the folder does not exist.
arrow::Result<std::vector<std::string>> NamesIn(const std::string& folder);
/// nullopt where the file does not exist.
arrow::Result<std::optional<std::string>> ReadWhole(const std::string& path);
/// Makes the file. Its bytes and name are safe only after SyncDisk.
arrow::Status WriteFile(const std::string& path, std::string_view bytes);
/// Brings everything that was written so far to the disk that holds `path`: one barrier for any number of
/// files, names and folders.
arrow::Status SyncDisk(const std::string& path);
/// Makes the file and brings its bytes to the disk. Its name is safe only after SyncFolder.
arrow::Status WriteSynced(const std::string& path, std::string_view bytes);
/// Adds to the end of a file, which is made where it is missing, and brings its bytes to the disk.
arrow::Status AppendSynced(const std::string& path, std::string_view bytes);
arrow::Status SyncFolder(const std::string& folder);
/// Makes a folder and its parents; their names are safe only after SyncDisk.
arrow::Status MakeFolders(const std::string& folder);
arrow::Status Move(const std::string& from, const std::string& to);
/// OK where it does not exist.
arrow::Status Remove(const std::string& path);

}  // namespace ndr::disk
