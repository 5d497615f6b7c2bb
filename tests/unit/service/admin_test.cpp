// What the command line asks a store for, and the JSON that scripts get.

#include "service/host/admin.hpp"

#include <gtest/gtest.h>

#include "service/key_digest.hpp"
#include "unit/service/host_world.hpp"

namespace nexus::service {
namespace {

// Maintenance of an engine that keeps nothing.
class NoMaintenance final : public store::Maintenance {
 public:
  store::Health health() const override { return {}; }
  store::StoreFigures figures() const override { return {}; }
  domain::Result<void> checkpoint() override { return {}; }
  domain::Result<void> backup(const std::filesystem::path& destination,
                              const store::Progress& progress) override {
    backed_up_to = destination;
    progress(3, 4);
    return {};
  }
  domain::Result<store::VerifyReport> verify(const store::Progress& progress) override {
    progress(1, 2);
    return report;
  }

  std::filesystem::path backed_up_to;
  store::VerifyReport report;
};

class TextStream final : public AdminStream {
 public:
  void progress(std::uint64_t done, std::uint64_t total) override { told = {done, total}; }
  domain::Result<void> write(std::string_view piece) override {
    output += piece;
    return {};
  }
  domain::Result<bool> read(std::string& buffer) override {
    buffer += input;
    return !std::exchange(input, {}).empty();
  }

  std::pair<std::uint64_t, std::uint64_t> told;
  std::string input;
  std::string output;
};

struct AdminTest : ::testing::Test, test::HostWorld {
  // The result, or "CODE: message".
  std::string ask(std::string_view request) {
    const auto result = admin.handle(request, stream);
    return result ? *result : std::string(domain::name(result.error().code)) + ": " + result.error().message;
  }
  // Puts `shown` in place of each `begin` and the so many characters that follow it.
  static void hide(std::string& text, std::string_view begin, std::size_t follow, std::string_view shown) {
    for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at + shown.size())) {
      text.replace(at, begin.size() + follow, shown);
    }
  }
  // Ids, keys and times as they look, not as they are.
  static std::string shape(std::string text) {
    hide(text, "ten_", 26, "ten_ID");
    hide(text, "key_", 26, "key_ID");
    hide(text, key_prefix, key_secret_characters, "KEY");
    for (const std::string_view field : {"created_at", "expires_at", "revoked_at"}) {
      const auto begin = "\"" + std::string(field) + "\":\"";
      hide(text, begin, domain::Time::text_size, begin + "TIME");
    }
    return text;
  }

  NoMaintenance maintenance;
  AdminApi admin{store(), maintenance};
  TextStream stream;
};

TEST_F(AdminTest, a_tenant_is_made_once_and_listed) {
  EXPECT_EQ(shape(ask(R"({"op":"tenant.create","name":"shop"})")), R"({"id":"ten_ID","name":"shop"})");
  EXPECT_EQ(ask(R"({"op":"tenant.create","name":"shop"})"),
            "TENANT_EXISTS: a tenant named \"shop\" exists already");
  EXPECT_EQ(ask(R"({"op":"tenant.create","name":""})"),
            "VALIDATION_ERROR: name must be 1 to 200 characters long");
  EXPECT_EQ(shape(ask(R"({"op":"tenant.list"})")), R"([{"id":"ten_ID","name":"shop","created_at":"TIME"}])");
}

TEST_F(AdminTest, a_key_is_shown_once_and_known_by_its_digest_only) {
  make_tenant("shop");
  const auto created = ask(
      R"({"op":"key.create","tenant":"shop","name":"till","owner":"ada@shop.example","scopes":["inventory:read","*"],)"
      R"("expires_in_seconds":60,"rate_limit":600})");
  EXPECT_EQ(shape(created),
            R"({"id":"key_ID","key":"KEY","tenant_id":"ten_ID","scopes":["inventory:read","*"],)"
            R"("owner":"ada@shop.example"})");
  const auto text = created.substr(created.find("nxc_live_"), key_text_size);
  const auto found = store::wait(store().find_key(digest_of(text)));
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->name, "till");
  EXPECT_EQ(found->rate_limit_per_minute, 600U);
  EXPECT_EQ(found->expires_at, found->created_at.plus_ms(60'000));

  const auto listed = ask(R"({"op":"key.list","tenant":"shop"})");
  EXPECT_EQ(listed.find(text), std::string::npos);
  EXPECT_EQ(shape(listed),
            R"([{"id":"key_ID","tenant_id":"ten_ID","name":"till","owner":"ada@shop.example",)"
            R"("scopes":["inventory:read","*"],"created_at":"TIME","expires_at":"TIME","rate_limit":600}])");
}

TEST_F(AdminTest, a_key_is_revoked_by_its_id) {
  const auto tenant = make_tenant("shop");
  const auto key =
      create_key(store(), {.tenant = tenant, .name = "a", .owner = "b", .scopes = {domain::Scope::all}});
  const auto id = key.value().key.id.text();
  const auto revoked = ask(R"({"op":"key.revoke","id":")" + id + "\"}");
  EXPECT_NE(revoked.find("\"revoked_at\":"), std::string::npos) << revoked;
  EXPECT_EQ(ask(R"({"op":"key.revoke","id":")" + id + "\"}"), revoked) << "again it is the same";
  EXPECT_EQ(ask(R"({"op":"key.revoke","id":"key_nonsense"})"),
            "KEY_NOT_FOUND: key \"key_nonsense\" does not exist");
}

TEST_F(AdminTest, a_key_that_makes_no_sense_is_refused) {
  make_tenant("shop");
  const auto create = [&](const std::string& fields) {
    const auto answer = ask(R"({"op":"key.create",)" + fields + "}");
    return answer.substr(0, answer.find(' ', answer.find(':') + 2));
  };
  EXPECT_EQ(create(R"("tenant":"nope","name":"a","owner":"b","scopes":["*"])"), "TENANT_NOT_FOUND: tenant");
  EXPECT_EQ(create(R"("tenant":"shop","name":"","owner":"b","scopes":["*"])"), "VALIDATION_ERROR: name");
  EXPECT_EQ(create(R"("tenant":"shop","name":"a","scopes":["*"])"), "VALIDATION_ERROR: owner");
  EXPECT_EQ(create(R"("tenant":"shop","name":"a","owner":"b","scopes":[])"), "VALIDATION_ERROR: a");
  EXPECT_EQ(create(R"("tenant":"shop","name":"a","owner":"b","scopes":["all"])"), "VALIDATION_ERROR: scopes");
  EXPECT_EQ(create(R"("tenant":"shop","name":"a","owner":"b","scopes":["*"],"rate_limit":-1)"),
            "VALIDATION_ERROR: rate_limit");
  EXPECT_EQ(create(R"("tenant":"shop","name":"a","owner":"b","scopes":["*"],"expires_in_seconds":0)"),
            "VALIDATION_ERROR: expires_in_seconds");
  EXPECT_EQ(ask(R"({"op":"key.list"})"), "[]");
}

TEST_F(AdminTest, a_tenant_goes_by_its_name_or_its_id) {
  const auto id = make_tenant("shop").text();
  make_tenant(id);
  EXPECT_EQ(find_tenant(store(), "shop").value().id.text(), id);
  EXPECT_EQ(find_tenant(store(), id).value().name, "shop") << "an id wins over a name";
  EXPECT_EQ(find_tenant(store(), "").error().code, domain::ErrorCode::tenant_not_found);
}

TEST_F(AdminTest, import_and_export_go_through_the_stream) {
  make_tenant("shop");
  stream.input = "sku,warehouse,quantity\nA,Main,1\nbulk,Main,1\n";
  const auto report = ask(R"({"op":"import","tenant":"shop","format":"csv","create_warehouses":true})");
  EXPECT_EQ(report.substr(0, report.find("\"errors\"")),
            R"({"rows":1,"items_created":1,"items_changed":0,"warehouses_created":1,"levels_adjusted":1,)"
            R"("rows_unchanged":0,"bad_lines":1,)");
  EXPECT_NE(report.find(R"("errors":[{"line":3,"message":")"), std::string::npos);
  EXPECT_EQ(ask(R"({"op":"export","tenant":"shop","format":"ndjson"})"), R"({"items":1,"rows":1})");
  EXPECT_EQ(stream.output.substr(0, 11), R"({"sku":"A",)");
  EXPECT_EQ(ask(R"({"op":"export","tenant":"shop","format":"xml"})"),
            "VALIDATION_ERROR: format must be csv or ndjson");
}

TEST_F(AdminTest, verify_tells_its_problems_and_how_far_it_is) {
  maintenance.report.items = 3;
  EXPECT_EQ(ask(R"({"op":"verify"})"),
            R"({"ok":true,"tenants":0,"items":3,"levels":0,"adjustments":0,"reservations":0,"problems":[]})");
  EXPECT_EQ(stream.told, (std::pair<std::uint64_t, std::uint64_t>(1, 2)));
  maintenance.report.problems = {"SKU \"A\" has 3 on hand and adds up to 2"};
  EXPECT_EQ(ask(R"({"op":"verify"})").substr(0, 12), R"({"ok":false,)");
}

TEST_F(AdminTest, a_backup_goes_where_it_is_told) {
  EXPECT_EQ(ask(R"({"op":"backup","destination":"/backups/one"})"), R"({"destination":"/backups/one"})");
  EXPECT_EQ(maintenance.backed_up_to, "/backups/one");
  EXPECT_EQ(stream.told, std::pair(std::uint64_t{3}, std::uint64_t{4}));
}

TEST_F(AdminTest, nonsense_is_refused) {
  EXPECT_EQ(ask(""), "INVALID_JSON: the request is not a JSON object with an \"op\"");
  EXPECT_EQ(ask("[]"), "INVALID_JSON: the request is not a JSON object with an \"op\"");
  EXPECT_EQ(ask(R"({"op":1})"), "INVALID_JSON: the request is not a JSON object with an \"op\"");
  EXPECT_EQ(ask(R"({"op":"drop"})"), "VALIDATION_ERROR: there is no operation \"drop\"");
}

}  // namespace
}  // namespace nexus::service
