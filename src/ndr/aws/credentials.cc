// SPDX-License-Identifier: Apache-2.0
#include "ndr/aws/credentials.h"

#include "ndr/aws/metadata.h"
#include "ndr/aws/profile.h"

namespace ndr::aws {
namespace {

using arrow::Result;
using arrow::Status;

constexpr base::Micros kRefreshBefore = 5 * base::kMicrosPerMinute;

// nullopt where neither key is set.
Result<std::optional<Credentials>> Pair(Credentials keys, const std::string& of) {
  if (keys.access_key_id.empty() && keys.secret_access_key.empty()) return std::nullopt;
  if (keys.secret_access_key.empty())
    return Status::Invalid(of, " has an access key id without its secret access key");
  if (keys.access_key_id.empty())
    return Status::Invalid(of, " has a secret access key without its access key id");
  return std::optional<Credentials>(std::move(keys));
}

Result<Credentials> Find(const Outside& outside) {
  const auto variable = [&](const char* name) { return outside.variable(name); };
  ARROW_ASSIGN_OR_RAISE(auto keys, Pair({variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"),
                                         variable("AWS_SESSION_TOKEN"), std::nullopt},
                                        "the environment"));
  if (keys) return *std::move(keys);

  ARROW_ASSIGN_OR_RAISE(const Profile profile, ReadProfile(outside));
  ARROW_ASSIGN_OR_RAISE(keys,
                        Pair({profile.Setting("aws_access_key_id"), profile.Setting("aws_secret_access_key"),
                              profile.Setting("aws_session_token"), std::nullopt},
                             "the profile '" + profile.name + "' in " + profile.files));
  if (keys) return *std::move(keys);

  ARROW_ASSIGN_OR_RAISE(keys, FromContainer(outside));
  if (keys) return *std::move(keys);

  Result<Credentials> of_instance = FromInstance(outside);
  if (of_instance.ok()) return of_instance;
  return Status::Invalid("no AWS credentials: the environment has no AWS_ACCESS_KEY_ID; the profile '",
                         profile.name, "' (", profile.files,
                         ") has no aws_access_key_id; neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
                         "AWS_CONTAINER_CREDENTIALS_FULL_URI is set; instance: ",
                         of_instance.status().message());
}

}  // namespace

Result<Credentials> CredentialsChain::Get() {
  const base::Micros now = outside_->now();
  if (found_ && (!found_->expires || now < *found_->expires - kRefreshBefore)) return *found_;
  Result<Credentials> fresh = Find(*outside_);
  if (fresh.ok()) found_ = *fresh;
  if (!fresh.ok() && found_ && now < *found_->expires) return *found_;
  return fresh;
}

}  // namespace ndr::aws
