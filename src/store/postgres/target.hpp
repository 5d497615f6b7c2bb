#pragma once

#include <string>
#include <utility>
#include <vector>

#include "domain/error.hpp"

namespace nexus::store::postgres {

// The URL without the password and without the parameters: what may be shown, and typed again.
std::string without_password(const std::string& url);

// Where the database is, taken from a URL such as postgresql://user@one,two/inventory.
class Target {
 public:
  struct Host {
    std::string host;     // a name, an address, or a folder with a Unix socket
    std::string address;  // hostaddr
    std::string port;
  };

  // VALIDATION_ERROR when libpq cannot read the URL. Only a server that takes writes will do, unless the URL
  // asks for something else by target_session_attrs.
  static domain::Result<Target> parse(const std::string& url);

  // One after the other is tried: libpq itself would wait for one that does not answer for minutes.
  const std::vector<Host>& hosts() const { return hosts_; }

  // The names and values for PQconnectStartParams(), with `settings` among the options; both end with null.
  // Good while the target and `settings` live.
  struct Keywords {
    std::vector<const char*> names;
    std::vector<const char*> values;
    std::string options;
  };
  void write_keywords(const Host& host, const std::string& settings, Keywords& out) const;

  // What may be shown: never the password.
  const std::string& description() const { return description_; }

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
  std::vector<Host> hosts_;
  std::string options_;
  std::string description_;
};

}  // namespace nexus::store::postgres
