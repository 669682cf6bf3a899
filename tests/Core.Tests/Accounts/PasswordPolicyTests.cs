using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Passwords;

namespace TelemetryKit.Core.Tests.Accounts;

public class PasswordPolicyTests
{
    private static readonly EmailAddress Email = EmailAddress.TryParse("Ada.Lovelace@example.org")!;

    [Theory]
    [InlineData("short", "at least")]
    [InlineData("123456789", "at least")]
    [InlineData("🚀🌍🌙🔥🌈", "at least")] // ten units of UTF-16
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

    [Theory]
    [InlineData("plain text", new[] { "plain text" })]
    [InlineData("Z\u00fcrich", new[] { "Z\u00fcrich", "Zu\u0308rich" })]
    [InlineData("Zu\u0308rich", new[] { "Z\u00fcrich", "Zu\u0308rich" })]
    [InlineData("\u00fcu\u0308", new[] { "\u00fc\u00fc", "\u00fcu\u0308", "u\u0308u\u0308" })]
    [InlineData("пароль", new[] { "пароль" })]
    [InlineData("half \uD800", new[] { "half \uD800" })]
    public void A_typed_password_is_tried_composed_first_and_then_as_older_hashes_may_have_it(string typed, string[] forms)
    {
        Assert.Equal(forms, PasswordText.Candidates(typed));
        Assert.Equal(forms[0], PasswordText.Normalize(typed));
    }

    [Fact]
    public void A_composed_password_is_measured_and_a_decomposed_one_is_too()
    {
        Assert.Contains("at least", PasswordPolicy.FaultOf("u\u0308o\u0308a\u0308e\u0301x", Email));
        Assert.Contains("address", PasswordPolicy.FaultOf("ada@bu\u0308cher.example", EmailAddress.TryParse("Ada@BÜCHER.example")));
    }

    [Fact]
    public void A_password_can_be_too_long() =>
        Assert.NotNull(PasswordPolicy.FaultOf(string.Concat(Enumerable.Repeat("ab3-xyz ", 17)), Email));
}
