using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Secrets;

namespace TelemetryKit.Core.Tests.Accounts;

public class TextRuleTests
{
    [Theory]
    [InlineData("a@example.org")]
    [InlineData(" Ada+tag@sub.example.org ")]
    [InlineData("ü@exämple.org")]
    public void An_address_is_an_address(string text)
    {
        var email = EmailAddress.TryParse(text);
        Assert.Equal(text.Trim(), email!.Text);
        Assert.Equal(text.Trim().ToLowerInvariant(), email.Key);
        Assert.DoesNotContain("@", email.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("@example.org")]
    [InlineData("a@b")]
    [InlineData("a@.org")]
    [InlineData("a@example..org")]
    [InlineData("a@-example.org")]
    [InlineData("a@b@example.org")]
    [InlineData("a b@example.org")]
    [InlineData("a@example.org\r\nBcc: all@example.org")]
    [InlineData("Ada <a@example.org>")]
    [InlineData("a@example.org,b@example.org")]
    [InlineData("\uD800@example.org")]
    public void What_is_no_address_is_refused(string? text) => Assert.Null(EmailAddress.TryParse(text));

    [Theory]
    [InlineData("Ada's tools", true)]
    [InlineData("研究室", true)]
    [InlineData("", false)]
    [InlineData("   ", false)]
    [InlineData("two\nlines", false)]
    [InlineData("turned \u202E around", false)]
    [InlineData("click https://example.org", false)]
    [InlineData("www.example.org", false)]
    [InlineData("\uD800", false)]
    public void A_name_is_one_short_line_without_tricks(string text, bool good) => Assert.Equal(good, DisplayName.TryParse(text) is not null);

    [Fact]
    public void A_token_is_random_and_is_stored_by_its_hash()
    {
        var token = SecretToken.Generate();
        Assert.Equal(SecretToken.Length, token.Length);
        Assert.Equal(SecretToken.Hash(token), SecretToken.TryHash(token));
        Assert.NotEqual(token, SecretToken.Generate());
        Assert.Null(SecretToken.TryHash(null));
        Assert.Null(SecretToken.TryHash(token + "A"));
        Assert.Null(SecretToken.TryHash("!" + token[1..]));
        Assert.NotEqual(token, SecretToken.CsrfOf(token));
        Assert.True(SecretToken.Same("a", "a"));
        Assert.False(SecretToken.Same("a", "b"));
        var pat = ApiTokenText.Generate();
        Assert.NotNull(ApiTokenText.TryHash(pat));
        Assert.Null(ApiTokenText.TryHash(pat[..^1] + "-"));
        Assert.Null(ApiTokenText.TryHash("tk_read_" + pat[7..]));
    }
}
