#include "store/embedded/verify.hpp"

namespace nexus::store::embedded {

domain::Result<VerifyReport> verify(Database& /*database*/, CommitLog& /*log*/, const State& /*state*/,
                                    const Progress& /*progress*/) {
  return VerifyReport{};
}

}  // namespace nexus::store::embedded
