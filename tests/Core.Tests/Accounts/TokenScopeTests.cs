using TelemetryKit.Core.Accounts.Roles;

namespace TelemetryKit.Core.Tests.Accounts;

public class TokenScopeTests
{
    [Fact]
    public void Scopes_are_stored_as_these_numbers_and_known_by_these_codes() => Assert.Equal(
        [
            (1, "stats:read"), (2, "projects:write"), (4, "projects:delete"), (8, "keys:write"), (16, "installs:erase"),
            (32, "audit:read"),
        ],
        Enum.GetValues<TokenScopes>().Where(scope => scope != TokenScopes.None).Select(scope => ((int)scope, scope.Code())));

    [Fact]
    public void No_token_manages_people_tenants_tokens_or_public_pages() => Assert.Equal(
        [
            Permission.Leave, Permission.UseApiTokens, Permission.Share, Permission.ManageMembers, Permission.ManageTenant,
            Permission.ManageBilling, Permission.HandOver, Permission.DeleteTenant,
        ],
        Enum.GetValues<Permission>().Where(permission => permission.Scope() is null));

    [Fact]
    public void A_set_is_parsed_only_if_all_its_scopes_are_known()
    {
        Assert.Equal(TokenScopes.StatsRead | TokenScopes.KeysWrite, TokenScopeRules.TryParse(["keys:write", "stats:read", "stats:read"]));
        foreach (var bad in (IEnumerable<string?>?[])[null, [], [null], [""], ["none"], ["stats:read", "members:write"], ["1"]])
            Assert.Null(TokenScopeRules.TryParse(bad));
        Assert.Equal(["stats:read", "audit:read"], (TokenScopes.StatsRead | TokenScopes.AuditRead).Codes());
    }
}
