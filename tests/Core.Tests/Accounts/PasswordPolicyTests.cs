using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Passwords;

namespace TelemetryKit.Core.Tests.Accounts;

public class PasswordPolicyTests
{
    private static readonly EmailAddress Email = EmailAddress.TryParse("Ada.Lovelace@example.org")!;

    [Theory]
    [InlineData("short", "at least")]
    [InlineData("123456789", "at least")]
    [InlineData("1234567890", "common")]
    [InlineData("Password123", "common")]
    [InlineData("password1234", "common")]
    [InlineData("P@ssw0rd2026!", "common")]
    [InlineData("QWERTYUIOP", "common")]
    [InlineData("iloveyou2025", "common")]
    [InlineData("!!dragon!!99", "common")]
    [InlineData("letmein12345", "common")]
    [InlineData("aaaaaaaaaaaa", "common")]
    [InlineData("abababababab", "common")]
    [InlineData("manchesterunited", "common")]
    [InlineData("asdfghjklzxcvb", "common")]
    [InlineData("ada.lovelace@EXAMPLE.org", "address")]
    [InlineData("ada.lovelace", "address")]
    public void A_weak_password_is_refused(string password, string why) => Assert.Contains(why, PasswordPolicy.FaultOf(password, Email));

    [Theory]
    [InlineData("correct horse battery")]
    [InlineData("wq8-Zt4!kLm2")]
    [InlineData("ein ganz normaler Satz")]
    [InlineData("пароль-который-длинный")]
    [InlineData("dragon-tiger-horse-99")]
    public void A_good_one_is_not(string password) => Assert.Null(PasswordPolicy.FaultOf(password, Email));

    [Fact]
    public void A_password_can_be_too_long() => Assert.NotNull(PasswordPolicy.FaultOf(string.Concat(Enumerable.Repeat("ab3-xyz ", 17)), Email));
}
